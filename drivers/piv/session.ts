import { randomBytes } from 'node:crypto';
import { encodeCommand, parseResponse, type CommandApdu, type ResponseApdu } from '../codec/apdu.ts';
import { keyReference, type ManagementKeyAlgorithm, type PivKeyAlgorithm } from '../codec/piv-algorithms.ts';
import {
  agree, answerWitness, authenticationField, authenticationTag, changeManagementKey, changeReferenceData, generateKeyPair, getData, objectOf, putData, requestWitness, selectPiv, sign, verify,
} from '../codec/piv-apdu.ts';
import type { ContainerId } from '../codec/piv-containers.ts';
import { decodeMetadata, getMetadata, probeSetManagementKey, setManagementKey, setRetries, type Metadata } from '../codec/piv-extension-apdu.ts';
import { decodePublicKeyTemplate, type PivPublicKey } from '../codec/piv-key.ts';
import { signatureInput } from '../codec/piv-signature.ts';
import { statusWord, triesLeft } from '../codec/status-word.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import type { Secret } from '../contracts/secret.ts';
import type { IssuedSlot } from './job.ts';
import { blockBytes, decryptBlock, encryptBlock, sameBytes } from './management-cipher.ts';
import { cardAnsweredNonsense, refusedBy } from './refusal.ts';

/** What reading an object gave. `refused`: it may not be read now or over this interface. */
export type ObjectAnswer = { readonly kind: 'found'; readonly contents: Uint8Array } | { readonly kind: 'absent' } | { readonly kind: 'refused'; readonly sw: number };

/** What the card said to a PIN or PUK. No tries left means blocked. */
export type PinAnswer = { readonly kind: 'accepted' } | { readonly kind: 'wrong'; readonly triesLeft: number };

/** What the card said to a management key: `unsupported` is an algorithm that its key is not of. */
export type ManagementAnswer = 'authenticated' | 'wrong key' | 'unsupported';

/** How a card takes a new management key: by Yubico's command, or by the reference data command of cards with a secure channel. */
export type KeyReplacement = 'SET MANAGEMENT KEY' | 'CHANGE REFERENCE DATA';

const refusals: ReadonlySet<number> = new Set([statusWord.securityNotSatisfied, statusWord.functionNotSupported, statusWord.conditionsNotSatisfied]);
const otherAlgorithm: ReadonlySet<number> = new Set([statusWord.wrongParameters, statusWord.wrongData, statusWord.referenceDataNotFound, statusWord.functionNotSupported]);

/**
 * Speaks PIV with the card behind a channel (SP 800-73-5 part 2), in the words of the standard. The channel must chain
 * long commands and collect long answers. Holds no state of the card; one call at a time. `limit` goes for each
 * exchange. An answer outside the protocol throws `LNK-PROTOCOL`; the channel's faults pass through.
 */
export class PivSession {
  readonly #channel: ApduChannel;
  readonly #limit: Wait;

  constructor(channel: ApduChannel, limit: Wait) {
    this.#channel = channel;
    this.#limit = limit;
  }

  /** Selects the PIV application; false when the chip has none. */
  async select(): Promise<boolean> {
    const { sw } = await this.#exchange(selectPiv());
    if (sw === statusWord.ok) return true;
    if (sw === statusWord.notFound || sw === statusWord.instructionNotSupported || sw === statusWord.classNotSupported) return false;
    throw refusedBy('select PIV', sw);
  }

  /** Reads one object: what is inside tag 53, or the whole object for 7E and 7F61. */
  async getObject(id: ContainerId): Promise<ObjectAnswer> {
    const { data, sw } = await this.#exchange(getData(id));
    if (sw === statusWord.notFound) return { kind: 'absent' };
    if (refusals.has(sw)) return { kind: 'refused', sw };
    if (sw !== statusWord.ok) throw refusedBy(`read ${id}`, sw);
    const contents = objectOf(id, data);
    if (contents === null) throw cardAnsweredNonsense(`read ${id}`);
    return contents.length === 0 ? { kind: 'absent' } : { kind: 'found', contents };
  }

  /** Replaces one object. Gives the status word, because a card may be right to refuse some. */
  async putObject(id: ContainerId, contents: Uint8Array): Promise<number> {
    return (await this.#exchange(putData(id, contents))).sw;
  }

  /** Verifies a padded PIN. */
  async verifyPin(padded: Secret): Promise<PinAnswer> {
    // A copy: the command is wiped after its exchange, the caller's secret is not.
    const { sw } = await this.#exchangeSecret(padded.use((pin) => verify(keyReference.pin, Uint8Array.from(pin))));
    return pinAnswer('verify PIN', sw);
  }

  /** Changes the PIN or the PUK; both values are eight bytes. */
  async changeReference(which: 'PIN' | 'PUK', old: Secret, next: Secret): Promise<PinAnswer> {
    const reference = which === 'PIN' ? keyReference.pin : keyReference.puk;
    const { sw } = await this.#exchangeSecret(old.use((before) => next.use((after) => changeReferenceData(reference, before, after))));
    return pinAnswer(`change ${which}`, sw);
  }

  /** Mutual authentication with 9B: the card proves itself first, then the station (SP 800-73-5 part 2, A.1). Throws `ENC-AUTH` for a card that is let in by the key and does not know it. */
  async authenticateManagement(algorithm: ManagementKeyAlgorithm, key: Secret): Promise<ManagementAnswer> {
    const asked = await this.#exchange(requestWitness(algorithm));
    if (otherAlgorithm.has(asked.sw)) return 'unsupported';
    if (asked.sw !== statusWord.ok) throw refusedBy('authenticate 9B', asked.sw);
    const witness = authenticationField(asked.data, authenticationTag.witness);
    if (witness?.length !== blockBytes(algorithm)) throw cardAnsweredNonsense('authenticate 9B');
    const challenge = new Uint8Array(randomBytes(blockBytes(algorithm)));
    const answered = await this.#exchangeSecret(answerWitness(algorithm, decryptBlock(algorithm, key, witness), challenge));
    if (answered.sw === statusWord.securityNotSatisfied || answered.sw === statusWord.wrongData || answered.sw >> 8 === 0x63) return 'wrong key';
    if (answered.sw !== statusWord.ok) throw refusedBy('authenticate 9B', answered.sw);
    const response = authenticationField(answered.data, authenticationTag.response);
    if (response === null || !sameBytes(response, encryptBlock(algorithm, key, challenge))) throw refusedBy('authenticate 9B', statusWord.securityNotSatisfied);
    return 'authenticated';
  }

  /** Whether the card knows Yubico's command for a new 9B. Changes nothing. */
  async knowsSetManagementKey(): Promise<boolean> {
    const { sw } = await this.#exchange(probeSetManagementKey());
    return sw !== statusWord.instructionNotSupported && sw !== statusWord.classNotSupported && sw !== statusWord.functionNotSupported;
  }

  /** Replaces 9B in a way that the card has. Throws `ENC-WRONG-BLANK` for an algorithm that it lacks. */
  async setManagementKey(way: KeyReplacement, algorithm: ManagementKeyAlgorithm, key: Secret): Promise<void> {
    const build = way === 'SET MANAGEMENT KEY' ? setManagementKey : changeManagementKey;
    const { sw } = await this.#exchangeSecret(key.use((bytes) => build(algorithm, bytes)));
    if (sw !== statusWord.ok) throw refusedBy('set management key', sw);
  }

  /** Sets how often PIN and PUK may be wrong, which makes both the factory's again. Throws `ENC-WRONG-BLANK` for a card that cannot. */
  async setRetries(pinTries: number, pukTries: number): Promise<void> {
    const { sw } = await this.#exchange(setRetries(pinTries, pukTries));
    if (sw !== statusWord.ok) throw refusedBy('set tries', sw);
  }

  /** Makes a key pair in a slot; the private half never leaves the card. Throws `ENC-KEYGEN` when the card cannot. */
  async generateKey(slot: IssuedSlot, algorithm: PivKeyAlgorithm): Promise<PivPublicKey> {
    const { data, sw } = await this.#exchange(generateKeyPair(Number.parseInt(slot, 16), algorithm));
    if (sw !== statusWord.ok) throw refusedBy('generate key', sw);
    const key = decodePublicKeyTemplate(data, algorithm);
    if (key === null) throw cardAnsweredNonsense('generate key');
    return key;
  }

  /** Signs a message: DER for a curve, PKCS #1 v1.5 for RSA. Null when the card refuses the key: no such key, or the PIN is wanted. */
  async sign(slot: IssuedSlot, algorithm: PivKeyAlgorithm, message: Uint8Array): Promise<Uint8Array | null> {
    const { data, sw } = await this.#exchange(sign(algorithm, Number.parseInt(slot, 16), signatureInput(message, algorithm)));
    if (refusals.has(sw) || otherAlgorithm.has(sw)) return null;
    if (sw !== statusWord.ok) throw refusedBy(`sign with ${slot}`, sw);
    const signature = authenticationField(data, authenticationTag.response);
    if (signature === null) throw cardAnsweredNonsense(`sign with ${slot}`);
    return signature;
  }

  /** The x coordinate that a curve's key and a point (04 X Y) agree on; null when the card refuses the key or the point. */
  async agree(slot: IssuedSlot, algorithm: 'P-256' | 'P-384', point: Uint8Array): Promise<Uint8Array | null> {
    const { data, sw } = await this.#exchange(agree(algorithm, Number.parseInt(slot, 16), point));
    if (refusals.has(sw) || otherAlgorithm.has(sw)) return null;
    if (sw !== statusWord.ok) throw refusedBy(`agree with ${slot}`, sw);
    const secret = authenticationField(data, authenticationTag.response);
    if (secret === null) throw cardAnsweredNonsense(`agree with ${slot}`);
    return secret;
  }

  /** What the card tells of a reference; null when it has no such command or no such reference. */
  async metadata(reference: number): Promise<Metadata | null> {
    const { data, sw } = await this.#exchange(getMetadata(reference));
    return sw === statusWord.ok ? decodeMetadata(data) : null;
  }

  async #exchange(apdu: CommandApdu): Promise<ResponseApdu> {
    return parseResponse(await this.#channel.transmit(encodeCommand(apdu), this.#limit));
  }

  /** For commands that carry a secret: what was built for them is wiped when the answer is there. */
  async #exchangeSecret(apdu: CommandApdu): Promise<ResponseApdu> {
    const bytes = encodeCommand(apdu);
    try {
      return parseResponse(await this.#channel.transmit(bytes, this.#limit));
    } finally {
      bytes.fill(0);
      apdu.data.fill(0);
    }
  }
}

function pinAnswer(act: string, sw: number): PinAnswer {
  if (sw === statusWord.ok) return { kind: 'accepted' };
  const left = triesLeft(sw);
  if (left === null) throw refusedBy(act, sw);
  return { kind: 'wrong', triesLeft: left };
}
