import { factoryManagementKeyHex, type ManagementKeyAlgorithm, type PivKeyAlgorithm } from '../../../drivers/codec/piv-algorithms.ts';
import { factoryPin, factoryPuk, padPin } from '../../../drivers/codec/piv-pin.ts';
import type { PivAbilities } from './abilities.ts';

/** A PIN or PUK with its tries. `value` is hex of eight bytes. */
export interface ReferenceData {
  value: string;
  triesLeft: number;
  maximumTries: number;
  isFactory: boolean;
}

export type PinPolicy = 'never' | 'once' | 'always';

/** A private key in the chip: PKCS#8 DER as hex. It is plastic, so the key lies open in the machine's file. */
export interface StoredKey {
  readonly algorithm: PivKeyAlgorithm;
  readonly pkcs8: string;
  readonly origin: 'generated' | 'imported';
  readonly pinPolicy: PinPolicy;
}

/** The lasting state of one PIV chip, as JSON. Slots and objects are named by upper-case hex. */
export interface PivMemory {
  readonly abilities: string;
  readonly serial: number;
  pin: ReferenceData;
  puk: ReferenceData;
  management: { algorithm: ManagementKeyAlgorithm; key: string; isFactory: boolean };
  keys: Record<string, StoredKey>;
  objects: Record<string, string>;
  /** Of a card with a secure channel, once a host was wrong. */
  channelTriesLeft?: number;
}

/** A chip as it leaves the factory: default management key, PIN 123456, PUK 12345678 (cards.md 2.4). */
export function factoryMemory(abilities: PivAbilities, serial: number): PivMemory {
  const pin = padPin(Buffer.from(factoryPin)) ?? new Uint8Array();
  return {
    abilities: abilities.name,
    serial,
    pin: freshReference(pin, abilities.pinTries),
    puk: freshReference(Buffer.from(factoryPuk), abilities.pukTries),
    management: { algorithm: abilities.factoryManagementAlgorithm, key: factoryManagementKeyHex, isFactory: true },
    keys: {},
    objects: { ...abilities.factoryObjects },
  };
}

function freshReference(value: Uint8Array, tries: number): ReferenceData {
  return { value: toHex(value), triesLeft: tries, maximumTries: tries, isFactory: true };
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** A slot's name in the memory: `9A`. */
export function slotName(reference: number): string {
  return reference.toString(16).toUpperCase().padStart(2, '0');
}

/** Puts a whole new state into an existing memory object, which others hold. */
export function overwrite(memory: PivMemory, next: PivMemory): void {
  memory.pin = next.pin;
  memory.puk = next.puk;
  memory.management = next.management;
  memory.keys = next.keys;
  memory.objects = next.objects;
}
