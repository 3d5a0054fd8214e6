import { createHash, randomBytes } from 'node:crypto';
import type { WriteBehaviour } from '../card/mifare-classic.ts';
import type { ChipSnapshot, SimulatedChip } from '../card/simulated-chip.ts';
import type { PathStation } from './card-path.ts';
import type { Blank } from './plastic-event.ts';

/** A station with a reader. */
export type ChipStation = Extract<PathStation, 'contactless' | 'contact'>;

/** A card whose chips run: what each reader sees, and what they hold. */
export interface LivingCard {
  readonly blank: Blank;
  readonly faces: Readonly<Record<ChipStation, SimulatedChip>>;
  snapshots(): readonly ChipSnapshot[];
}

/** Makes the chips of a blank run, from the factory (null) or as they were left. `onChange` is called after each lasting change, before the answer goes out; `behaviours` spoil the writes of a MIFARE chip. */
export type CardMaker = (blank: Blank, kept: readonly ChipSnapshot[] | null, onChange: () => void, behaviours?: readonly WriteBehaviour[]) => LivingCard;

/** A UID as a maker gives it: 7 bytes, upper-case hex, beginning with 04 (ISO/IEC 7816-6 maker code of NXP). */
export function newUid(): string {
  return `04${randomBytes(6).toString('hex')}`.toUpperCase();
}

/** SHA-256 (hex) over what the chips of a card hold. */
export function chipsDigest(chips: readonly ChipSnapshot[]): string {
  return createHash('sha256').update(JSON.stringify(chips)).digest('hex');
}
