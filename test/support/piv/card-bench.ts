import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { withCardLayers } from '../../../drivers/channel/card-layers.ts';
import type { ApduChannel } from '../../../drivers/contracts/channel.ts';
import { systemClock, type Clock, type Wait } from '../../../drivers/contracts/clock.ts';
import type { EncoderIntent, IntentPort } from '../../../drivers/contracts/encoder.ts';
import { StationFault } from '../../../drivers/contracts/fault.ts';
import type { ChannelInput, ChannelKeys, ChannelSessionKeys, KeyCustody, KeyReference } from '../../../drivers/contracts/keys.ts';
import { Secret } from '../../../drivers/contracts/secret.ts';
import { nonFederalFascN } from '../../../drivers/codec/piv-fasc-n.ts';
import type { PivJob } from '../../../drivers/piv/job.ts';
import { deriveChannelSession } from '../../../drivers/keys/channel-session.ts';
import { aesCmac } from '../../../drivers/codec/aes-cmac.ts';
import { simulatedChannelMaster, standardBlank, type PivAbilities } from '../../../simulator/card/piv/abilities.ts';
import { blankPivCard, type PivCard } from '../../../simulator/card/piv-card.ts';
import type { ChipSnapshot, SimulatedChip } from '../../../simulator/card/simulated-chip.ts';

export const limit: Wait = { signal: new AbortController().signal, timeoutMs: 20_000 };

/** The day all tests of this room live in. */
export const testClock: Clock = { ...systemClock, now: () => Date.parse('2026-11-22T10:00:00Z') };

/** A blank of a make, with a record of every lasting change. */
export function newCard(abilities: PivAbilities = standardBlank): { readonly card: PivCard; readonly saved: ChipSnapshot[] } {
  const saved: ChipSnapshot[] = [];
  const card = blankPivCard({ uid: '04A1B2C3D4E580', serial: 0x00c0ffee, abilities }, { random: (length) => Uint8Array.from(randomBytes(length)), onChange: (snapshot) => saved.push(snapshot) });
  return { card, saved };
}

/** A chip as an in-process channel: bare APDUs, counted. `pull` says before which exchange, or after whose answer was lost, the card is gone. */
export class ChipChannel implements ApduChannel {
  readonly #chip: SimulatedChip;
  readonly #pull: { readonly at: number; readonly when: 'before' | 'after' } | null;
  readonly commands: Uint8Array[] = [];
  readonly answers: Uint8Array[] = [];

  constructor(chip: SimulatedChip, pull: { readonly at: number; readonly when: 'before' | 'after' } | null = null) {
    this.#chip = chip;
    this.#pull = pull;
    chip.reset();
  }

  get count(): number {
    return this.commands.length;
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const pulled = this.#pull !== null && this.count >= this.#pull.at;
    if (pulled && (this.#pull?.when === 'before' || this.count > (this.#pull?.at ?? 0))) throw new StationFault('LNK-CARD-GONE');
    this.commands.push(Uint8Array.from(command));
    const answer = this.#chip.transmit(Uint8Array.from(command));
    if (pulled) throw new StationFault('LNK-CARD-GONE');
    this.answers.push(answer);
    return answer;
  }
}

/** The chip with the layers that encoders count on. */
export function layered(channel: ApduChannel): ApduChannel {
  return withCardLayers(channel);
}

/** Keys derived in process from a master key that every instance of the same seed shares. */
export class ProcessCustody implements KeyCustody {
  readonly #master: Buffer;
  readonly #seed: string;

  constructor(seed = 'test') {
    this.#seed = seed;
    this.#master = createHmac('sha256', 'kortverk').update(seed).digest();
  }

  async checkValue(): Promise<string> {
    return this.#master.subarray(0, 3).toString('hex');
  }

  async managementKey(key: KeyReference, guid: Uint8Array, lengthBytes: 16 | 24 | 32): Promise<Secret> {
    return Secret.take(new Uint8Array(hkdfSync('sha256', this.#master, guid, `${key.label}#${key.version}`, lengthBytes)));
  }

  /** Any key reference of a channel stands for the simulated maker's master key, unless the seed is another token's. */
  async channelSession(keys: ChannelKeys, input: ChannelInput): Promise<ChannelSessionKeys> {
    const master = this.#seed === 'test' ? Buffer.from(simulatedChannelMaster, 'hex') : this.#master.subarray(0, 16);
    return deriveChannelSession((_key, message) => aesCmac(master, message), keys, input);
  }

  async sectorKey(): Promise<Secret> {
    throw new StationFault('KEY-UNAVAILABLE');
  }

  /** AES-256-GCM with a key of its own: IV, tag, ciphertext. */
  async seal(plain: Secret): Promise<Uint8Array> {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#sealingKey(), iv);
    const body = plain.use((bytes) => Buffer.concat([cipher.update(bytes), cipher.final()]));
    return Uint8Array.from([...iv, ...cipher.getAuthTag(), ...body]);
  }

  async unseal(sealed: Uint8Array): Promise<Secret> {
    const decipher = createDecipheriv('aes-256-gcm', this.#sealingKey(), sealed.subarray(0, 12)).setAuthTag(sealed.subarray(12, 28));
    return Secret.take(Uint8Array.from(Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])));
  }

  #sealingKey(): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#master, new Uint8Array(), 'seal', 32));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Keeps what the encoder said, in order: `+ act` for an intent, `= act` for its end. */
export class IntentRecord implements IntentPort {
  readonly lines: string[] = [];
  readonly achievedIntents: EncoderIntent[] = [];
  readonly #open = new Map<string, EncoderIntent>();
  readonly #kept = new Map<string, Uint8Array>();

  async intend(intent: EncoderIntent): Promise<void> {
    this.lines.push(`+ ${intent.act}`);
    this.#open.set(intent.act, intent);
  }

  async achieved(intent: EncoderIntent): Promise<void> {
    this.lines.push(`= ${intent.act}`);
    this.achievedIntents.push(intent);
    this.#open.delete(intent.act);
  }

  async keep(name: string, sealed: Uint8Array): Promise<void> {
    this.#kept.set(name, sealed);
  }

  async kept(name: string): Promise<Uint8Array | null> {
    return this.#kept.get(name) ?? null;
  }

  /** Whether a permanent act was begun and not ended: then the station scraps the card. */
  get hasOpenPermanent(): boolean {
    return [...this.#open.values()].some(({ effect }) => effect === 'permanent');
  }
}

export const testGuid = '8AFF36ED1BE009EE68394F8796D6136B';
export const testPin = '482915';
export const testPuk = '93716204';

/** A whole job for a PIV-only card; parts of it may be replaced. */
export function testJob(changes: Partial<PivJob> = {}): PivJob {
  const sanUri = 'urn:uuid:8aff36ed-1be0-09ee-6839-4f8796d6136b';
  const subject = [
    { attribute: 'C', value: 'SE' }, { attribute: 'O', value: 'Åkerlunds Bygg AB' }, { attribute: 'CN', value: 'Zoë Ångström' }, { attribute: 'serialNumber', value: 'BB-2611-000001' },
  ] as const;
  return {
    guid: testGuid,
    cardUuid: null,
    expiry: '2028-11-30',
    fascN: nonFederalFascN,
    tag: { container: '5FFF10', orderId: 'ORDER-1', attempt: 1 },
    keepTag: true,
    managementKey: { current: { kind: 'factory default' }, next: { label: 'piv-management', version: 1 }, algorithm: 'AES-256' },
    secureChannel: null,
    slots: [
      { slot: '9A', algorithm: 'P-256', subject, sanUri, certificateProfile: 'piv-authentication', policies: [] },
      { slot: '9E', algorithm: 'P-256', subject, sanUri, certificateProfile: 'card-authentication', policies: [] },
    ],
    pin: Secret.take(Buffer.from(testPin)),
    puk: Secret.take(Buffer.from(testPuk)),
    printedInformation: null,
    ...changes,
  };
}

/** A job with all four keys, printed information, key history and a portrait. */
export function fullJob(jpeg: Uint8Array): PivJob {
  const base = testJob();
  const [first] = base.slots;
  if (first === undefined) throw new Error('the test job has slots');
  return {
    ...base,
    slots: (['9A', '9C', '9D', '9E'] as const).map((slot) => ({ ...first, slot, certificateProfile: `profile-${slot}` })),
    printedInformation: { name: 'ZOE ANGSTROM', employeeAffiliation: 'CONTRACTOR', expiry: '2028-11-30', cardSerialNumber: 'BB-2611-000001', issuer: 'ID06', organizationLine1: '', organizationLine2: '' },
    keyHistory: true,
    facialImage: { jpeg, widthPx: 240, heightPx: 320, createdOn: '2026-11-22', validTo: '2028-11-30' },
  };
}
