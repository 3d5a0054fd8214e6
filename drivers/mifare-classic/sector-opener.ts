import { decodeAccessBits, encodeAccessBits, TRANSPORT_ACCESS, type KeySet } from '../codec/access-bits.ts';
import { trailerBlock } from '../codec/mifare-layout.ts';
import type { KeySlot } from '../codec/mifare-pcsc.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import type { PlannedSector } from './image.ts';
import { sectorKey, transportKey } from './sector-keys.ts';
import type { MifareSession } from './session.ts';

/** Which of the keys that a sector may have: the one it was delivered with, or the one of the plan. */
export interface Opener {
  readonly slot: KeySlot;
  readonly key: 'transport' | 'planned';
}

/**
 * How a sector was found. `transport`: as delivered. `done`: both planned keys open it and its trailer says what is
 * planned. `torn`: neither, but this opener may still write the whole trailer. `closed`: nothing we have can mend it.
 */
export type SectorState = { readonly kind: 'transport' | 'done' | 'closed' } | { readonly kind: 'torn'; readonly opener: Opener };

const TRANSPORT_BYTES = encodeAccessBits(TRANSPORT_ACCESS);
const ACCESS_AT = 6;
const GPB_AT = 9;

const OPENERS: readonly Opener[] = [
  { slot: 'A', key: 'transport' },
  { slot: 'A', key: 'planned' },
  { slot: 'B', key: 'planned' },
  { slot: 'B', key: 'transport' },
];

/** Opens the sectors of one chip with the keys they may have. */
export class SectorOpener {
  readonly #session: MifareSession;
  readonly #custody: KeyCustody;

  constructor(session: MifareSession, custody: KeyCustody) {
    this.#session = session;
    this.#custody = custody;
  }

  /** Authenticates a sector with one of its possible keys. */
  async open(planned: PlannedSector, opener: Opener): Promise<boolean> {
    const { sector } = planned;
    const transport = opener.key === 'transport';
    using key = transport ? transportKey() : await this.plannedKey(planned, opener.slot);
    return await this.#session.authenticate(sector, opener.slot, key, transport);
  }

  /** The planned key of a slot of a sector. The caller disposes of it. */
  async plannedKey(planned: PlannedSector, slot: KeySlot): ReturnType<typeof sectorKey> {
    return sectorKey(this.#custody, slot === 'A' ? planned.keyA : planned.keyB, { uid: this.#session.uid, sector: planned.sector, slot });
  }

  /**
   * Finds out how a sector stands, the expected state first. Afterwards the sector is open: with key A as delivered
   * (`transport`), with planned key B (`done`), or with the opener (`torn`).
   */
  async examine(planned: PlannedSector, expected: 'transport' | 'done'): Promise<SectorState> {
    if (expected === 'transport' && (await this.#isTransport(planned))) return { kind: 'transport' };
    if (await this.isDone(planned)) return { kind: 'done' };
    if (expected === 'done' && (await this.#isTransport(planned))) return { kind: 'transport' };
    for (const opener of OPENERS) {
      if ((await this.open(planned, opener)) && (await this.#mayRewrite(planned, opener.slot))) return { kind: 'torn', opener };
    }
    return { kind: 'closed' };
  }

  /** Whether both planned keys open the sector and its access bits and general purpose byte are the planned ones: the only proof of a trailer (cards.md 0.7). */
  async isDone(planned: PlannedSector): Promise<boolean> {
    if (!(await this.open(planned, { slot: 'A', key: 'planned' }))) return false;
    if (!(await this.open(planned, { slot: 'B', key: 'planned' }))) return false;
    const trailer = await this.#session.read(trailerBlock(planned.sector));
    return trailer !== null && startsWith(trailer.subarray(ACCESS_AT), planned.accessBytes) && trailer[GPB_AT] === planned.generalPurposeByte;
  }

  async #isTransport(planned: PlannedSector): Promise<boolean> {
    if (!(await this.open(planned, { slot: 'A', key: 'transport' }))) return false;
    const trailer = await this.#session.read(trailerBlock(planned.sector));
    return trailer !== null && startsWith(trailer.subarray(ACCESS_AT), TRANSPORT_BYTES);
  }

  async #mayRewrite(planned: PlannedSector, slot: KeySlot): Promise<boolean> {
    const bytes = await this.#session.read(trailerBlock(planned.sector));
    const access = bytes === null ? null : decodeAccessBits(bytes.subarray(ACCESS_AT, GPB_AT));
    if (access === null) return false;
    const { writeKeyA, writeAccess, writeKeyB } = access.trailer;
    return [writeKeyA, writeAccess, writeKeyB].every((allowed: KeySet) => allowed.includes(slot));
  }
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
