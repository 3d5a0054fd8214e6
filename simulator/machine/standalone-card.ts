import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { blankMifareCard, restoreMifareCard } from '../card/mifare-card.ts';
import { standardBlank } from '../card/piv/abilities.ts';
import { blankPivCard, restorePivCard } from '../card/piv-card.ts';
import type { ChipInterface, ChipSnapshot, SimulatedChip } from '../card/simulated-chip.ts';
import { presentStorageCard } from '../reader/storage-card.ts';
import { VpcdSlot } from '../reader/vpcd-slot.ts';
import { replaceFile } from './durable-file.ts';
import { newUid } from './living-card.ts';

export const standaloneCardTypes = ['piv', 'mifare-1k', 'mifare-4k'] as const;
export type StandaloneCardType = (typeof standaloneCardTypes)[number];

export interface StandaloneCardOptions {
  readonly type: StandaloneCardType;
  /** Where vpcd awaits a card. */
  readonly host: string;
  readonly port: number;
  /** Upper-case hex; made up when not given. A kept card keeps its own. */
  readonly uid?: string;
  /** Keeps the card between runs; made when it is not there. */
  readonly stateFile?: string;
  /** Which way a PIV chip is reached. */
  readonly reach: ChipInterface;
  /** The reader whose habits towards a storage card are imitated, by its PC/SC name. */
  readonly readerName: string;
  readonly clock: Clock;
  readonly onTrouble: (fault: StationFault) => void;
}

/** A card that lies in a slot until it is disposed of. */
export interface StandaloneCard extends AsyncDisposable {
  readonly uid: string;
  readonly atr: string;
}

interface Running {
  readonly uid: string;
  readonly face: SimulatedChip;
  snapshot(): ChipSnapshot;
}

/**
 * Puts one card into a vpcd slot of any pcscd. What its chip writes is in the state file before the reader gets the
 * answer. Throws `SIM-INVALID` for a UID no such chip has or a state file of another kind of card.
 */
export async function openStandaloneCard(options: StandaloneCardOptions): Promise<StandaloneCard> {
  const { stateFile } = options;
  const kept = stateFile !== undefined && existsSync(stateFile) ? readSnapshot(stateFile) : null;
  if (kept !== null && options.uid !== undefined && kept.uid !== options.uid) {
    throw new StationFault('SIM-INVALID', { field: 'uid', note: `the card of the state file is ${kept.uid}` });
  }
  let changed = kept === null;
  const card = startChip(options, kept, () => { changed = true; });
  const keep = (): void => {
    if (changed && stateFile !== undefined) replaceFile(stateFile, `${JSON.stringify(card.snapshot(), null, 2)}\n`);
    changed = false;
  };
  keep();
  const slot = new VpcdSlot({ host: options.host, port: options.port, clock: options.clock, beforeAnswer: keep, onTrouble: options.onTrouble });
  slot.insert(card.face);
  return {
    uid: card.uid,
    atr: Buffer.from(card.face.atr).toString('hex').toUpperCase(),
    [Symbol.asyncDispose]: () => slot[Symbol.asyncDispose](),
  };
}

function readSnapshot(file: string): ChipSnapshot {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ChipSnapshot;
  } catch (error) {
    throw new StationFault('SIM-INVALID', { field: 'state file', note: 'not JSON' }, error);
  }
}

function startChip(options: StandaloneCardOptions, kept: ChipSnapshot | null, onChange: () => void): Running {
  const uid = options.uid ?? newUid();
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$/.test(uid)) throw new StationFault('SIM-INVALID', { field: 'uid', note: '4, 7 or 10 bytes in upper-case hex are needed' });
  if (options.type === 'piv') {
    const parts = { random: (length: number) => Uint8Array.from(randomBytes(length)), onChange };
    const card = kept === null ? blankPivCard({ uid, serial: Number.parseInt(uid.slice(-8), 16), abilities: standardBlank }, parts) : restorePivCard(kept, parts);
    return { uid: card.uid, face: card.face(options.reach), snapshot: () => card.snapshot() };
  }
  const chip = options.type === 'mifare-1k' ? '1k' : '4k';
  if (kept !== null && kept.kind !== `mifare-classic-${chip}`) throw new StationFault('SIM-INVALID', { field: 'state file', note: `it holds a ${kept.kind}` });
  const card = kept === null ? blankMifareCard({ uid, chip }, { onChange }) : restoreMifareCard(kept, { onChange });
  return { uid: card.uid, face: presentStorageCard(card.chip, options.readerName), snapshot: () => card.snapshot() };
}
