import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { MifareChip } from '../../drivers/codec/mifare-layout.ts';
import type { StorageCardName } from '../../drivers/codec/storage-card-atr.ts';
import { blankMifareCard, restoreMifareCard, type MifareCardParts } from '../card/mifare-card.ts';
import { channelBlank, standardBlank } from '../card/piv/abilities.ts';
import { blankPivCard, restorePivCard } from '../card/piv-card.ts';
import type { ChipInterface, ChipSnapshot, SimulatedChip } from '../card/simulated-chip.ts';
import { presentStorageCard } from '../reader/storage-card.ts';
import { VpcdSlot } from '../reader/vpcd-slot.ts';
import type { ArmedCardFault } from './card-faults.ts';
import { CardMishaps } from './card-mishaps.ts';
import { replaceFile } from '../../drivers/contracts/durable-file.ts';
import { newUid, type ChipStation } from './living-card.ts';

export const standaloneCardTypes = ['piv', 'piv-channel', 'mifare-1k', 'mifare-4k', 'mifare-mini', 'plus-2k', 'plus-4k'] as const;
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
  /** Faults that happen to it, counted from now. */
  readonly faults?: readonly ArmedCardFault[];
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
  const station: ChipStation = isPiv(options.type) ? options.reach : 'contactless';
  const mishaps = new CardMishaps();
  for (const fault of options.faults ?? []) mishaps.arm(fault);
  const card = startChip(options, kept, { onChange: () => { changed = true; }, behaviours: [mishaps.behaviourOf('card', station)] });
  const keep = (): boolean => {
    const told = changed;
    if (changed && stateFile !== undefined) replaceFile(stateFile, `${JSON.stringify(card.snapshot(), null, 2)}\n`);
    changed = false;
    return told;
  };
  keep();
  const slot: VpcdSlot = new VpcdSlot({
    host: options.host, port: options.port, clock: options.clock, onTrouble: options.onTrouble,
    beforeCommand: () => { mishaps.beforeCommand(slot, station); },
    beforeAnswer: () => { if (keep()) mishaps.afterChange(slot, station); },
  });
  if (!mishaps.due('arrival', station).includes('card-dead')) slot.insert(card.face);
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

/** The memory of a type, and what a reader calls it where that is not the memory's own name. */
const classicTypes = {
  'mifare-mini': { chip: 'mini' }, 'mifare-1k': { chip: '1k' }, 'mifare-4k': { chip: '4k' }, 'plus-2k': { chip: '2k' }, 'plus-4k': { chip: '4k', name: 'plus-sl1-4k' },
} as const;

/** `piv-channel` wants to be personalised through its secure channel. */
function isPiv(type: StandaloneCardType): type is 'piv' | 'piv-channel' {
  return type === 'piv' || type === 'piv-channel';
}

function startChip(options: StandaloneCardOptions, kept: ChipSnapshot | null, mifareParts: MifareCardParts & { readonly onChange: () => void }): Running {
  const uid = options.uid ?? newUid();
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$/.test(uid)) throw new StationFault('SIM-INVALID', { field: 'uid', note: '4, 7 or 10 bytes in upper-case hex are needed' });
  if (isPiv(options.type)) {
    const parts = { random: (length: number) => Uint8Array.from(randomBytes(length)), onChange: mifareParts.onChange };
    const card = kept === null ? blankPivCard({ uid, serial: Number.parseInt(uid.slice(-8), 16), abilities: options.type === 'piv' ? standardBlank : channelBlank }, parts) : restorePivCard(kept, parts);
    return { uid: card.uid, face: card.face(options.reach), snapshot: () => card.snapshot() };
  }
  const type: { readonly chip: MifareChip; readonly name?: StorageCardName } = classicTypes[options.type];
  const card = kept === null ? blankMifareCard({ uid, chip: type.chip }, mifareParts) : restoreMifareCard(kept, mifareParts);
  if (card.chip.chip !== type.chip) throw new StationFault('SIM-INVALID', { field: 'state file', note: `it holds a MIFARE chip of ${card.chip.chip}` });
  return { uid: card.uid, face: presentStorageCard(card.chip, options.readerName, new Map(), type.name), snapshot: () => card.snapshot() };
}
