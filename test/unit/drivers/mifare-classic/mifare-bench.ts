import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READ_A_WRITE_B } from '../../../../drivers/codec/access-bits.ts';
import type { MifareChip } from '../../../../drivers/codec/mifare-layout.ts';
import type { ApduChannel } from '../../../../drivers/contracts/channel.ts';
import type { Wait } from '../../../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../../../drivers/contracts/disposal.ts';
import type { EncoderIntent, IntentPort } from '../../../../drivers/contracts/encoder.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import type { KeyCustody } from '../../../../drivers/contracts/keys.ts';
import { openKeyCustody } from '../../../../drivers/keys/key-custody.ts';
import type { AllowedKey } from '../../../../drivers/keys/key-policy.ts';
import { createSimulatedToken } from '../../../../drivers/keys/softhsm-token.ts';
import type { MifareCard, MifareJob } from '../../../../drivers/mifare-classic/job.ts';
import type { WriteBehaviour } from '../../../../simulator/card/mifare-classic.ts';
import { blankMifareCard, type MifareCard as SimulatedCard } from '../../../../simulator/card/mifare-card.ts';
import type { SimulatedChip } from '../../../../simulator/card/simulated-chip.ts';
import { presentStorageCard } from '../../../../simulator/reader/storage-card.ts';

export const OMNIKEY = 'HID Global OMNIKEY 5022 Smart Card Reader 00 00';
export const ACR122 = 'ACS ACR122U PICC Interface 00 00';
export const UID = '9A1B2C3D';
export const LIMIT: Wait = { signal: new AbortController().signal, timeoutMs: 1000 };

export const KEYS: readonly AllowedKey[] = [
  { label: 'company-a', use: 'derive', versions: [1] },
  { label: 'company-b', use: 'derive', versions: [1] },
  { label: 'card-lock', use: 'derive', versions: [1] },
  { label: 'station-seal', use: 'seal', versions: [1] },
];

const text = (content: string): Uint8Array => Uint8Array.from(Buffer.from(content.padEnd(16), 'latin1'));

/** A job with one company sector and the tag in the last sector but one. */
export function sampleJob(changes: Partial<MifareJob> = {}): MifareJob {
  return {
    chip: '1k',
    uid: UID,
    tag: { sector: 15, orderId: 'KV-2026-000017', attempt: 1 },
    keepTag: false,
    sectors: [
      {
        sector: 5,
        aid: '5189',
        blocks: [text('BB-2611-000123'), text('556677-8899'), text('2031-11-22')],
        access: READ_A_WRITE_B,
        keyA: { label: 'company-a', version: 1 },
        keyB: { label: 'company-b', version: 1 },
      },
    ],
    publisherSector: 5,
    lock: { label: 'card-lock', version: 1 },
    ...changes,
  };
}

/** A real SoftHSM token in a folder of its own, with the keys of the sample job. */
export async function openCustody(): Promise<{ readonly custody: KeyCustody } & AsyncDisposable> {
  const stack = new DisposalStack();
  const dir = await mkdtemp(join(tmpdir(), 'kortverk-mifare-'));
  stack.defer(() => rm(dir, { recursive: true }));
  const token = await createSimulatedToken({ dir, keys: KEYS });
  const custody = stack.use(await openKeyCustody({ ...token, keys: KEYS }));
  return { custody, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
}

/** How a card leaves the field: before a command reaches it, or after it worked and before the answer came. */
export type Pull = { readonly at: number; readonly when: 'before' | 'after' };

/** The in-process channel to a chip. Counts commands, keeps them, and loses the card on command. */
export class BenchChannel implements ApduChannel {
  readonly sent: Uint8Array[] = [];
  readonly #chip: SimulatedChip;
  readonly #pull: Pull | null;
  #gone = false;

  constructor(chip: SimulatedChip, pull: Pull | null = null) {
    this.#chip = chip;
    this.#pull = pull;
    chip.reset();
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const index = this.sent.length;
    this.sent.push(Uint8Array.from(command));
    if (this.#gone || (this.#pull?.at === index && this.#pull.when === 'before')) throw this.#lost();
    const answer = this.#chip.transmit(command);
    if (this.#pull?.at === index) throw this.#lost();
    return answer;
  }

  #lost(): StationFault {
    this.#gone = true;
    this.#chip.powerOff();
    return new StationFault('LNK-CARD-GONE');
  }
}

/** A card in a simulated reader; every `insert` is a new power-up. */
export interface BenchCard {
  readonly card: SimulatedCard;
  insert(pull?: Pull | null): MifareCard & { readonly channel: BenchChannel };
}

/** Makes a blank and the reader it lies on. */
export function benchCard(options: { readonly reader?: string; readonly uid?: string; readonly chip?: MifareChip; readonly behaviours?: readonly WriteBehaviour[] } = {}): BenchCard {
  const { reader = OMNIKEY, uid = UID, chip = '1k', behaviours = [] } = options;
  const card = blankMifareCard({ uid, chip }, { onChange: () => undefined, behaviours });
  return { card, insert: (pull = null) => ({ reader, channel: new BenchChannel(presentStorageCard(card.chip, reader), pull) }) };
}

/** Keeps what an encoder told the journal. */
export class RecordedIntents implements IntentPort {
  readonly begun: EncoderIntent[] = [];
  readonly done: EncoderIntent[] = [];

  async intend(intent: EncoderIntent): Promise<void> {
    this.begun.push(intent);
  }

  async achieved(intent: EncoderIntent): Promise<void> {
    this.done.push(intent);
  }

  async keep(name: string): Promise<void> {
    throw new Error(`a MIFARE chip needs nothing kept for it: ${name}`);
  }

  async kept(name: string): Promise<null> {
    throw new Error(`nothing is kept for a MIFARE chip: ${name}`);
  }
}
