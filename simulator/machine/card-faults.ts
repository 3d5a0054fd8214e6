import { StationFault } from '../../drivers/contracts/fault.ts';
import type { ChipStation } from './living-card.ts';

/** What a card or its reader can do wrong, each a word of the machine's vocabulary. */
export const cardFaultMeanings = {
  'card-mute': 'at the Nth command the card falls silent until it is moved',
  'card-gone': 'at the Nth command the card loses the field, before it has done it, until it is moved',
  'card-torn': 'the Nth lasting change of a chip is made, and the card loses the field before it has answered',
  'card-slow': 'the Nth command is answered two seconds late',
  'card-short': 'the answer to the Nth command comes with its first byte missing',
  'card-6f00': 'the Nth command is not done and answered 6F00',
  'card-worn': 'the block of the Nth write to a MIFARE chip is worn: this write and all later ones change nothing',
  'card-torn-trailer': 'the Nth write of a sector trailer stops half way and leaves keys of mixed bits, and the card loses the field',
  'card-dead': 'the Nth card that comes to a station is not seen by its reader',
  'service-dies': 'at the Nth command the card service dies; it is started anew a second later',
} as const;

export type CardFault = keyof typeof cardFaultMeanings;

/** An armed fault: `left` chances still to pass, this one counted (1: the next). */
export interface ArmedCardFault {
  readonly name: CardFault;
  readonly station: ChipStation | null;
  readonly left: number;
}

/** What a fault is counted by: commands to the chip, lasting changes, single block writes of a MIFARE chip, arrivals at a station. */
export type Chance = 'command' | 'write' | 'block' | 'trailer' | 'arrival';

const chances: Readonly<Record<CardFault, Chance>> = { 'card-mute': 'command', 'card-gone': 'command', 'card-slow': 'command', 'card-short': 'command', 'card-6f00': 'command', 'card-torn': 'write', 'card-worn': 'block', 'card-torn-trailer': 'trailer', 'card-dead': 'arrival', 'service-dies': 'command' };

export function isCardFault(name: string): name is CardFault {
  return Object.hasOwn(cardFaultMeanings, name);
}

/** Reads `NAME@N` (either station) or `NAME@contactless:N`. Throws `SIM-INVALID` for what is neither. */
export function parseCardFault(text: string): ArmedCardFault {
  const match = /^([a-z0-9-]+)@(?:(contactless|contact):)?([1-9]\d{0,8})$/.exec(text);
  const name = match?.[1] ?? '';
  if (!isCardFault(name)) throw new StationFault('SIM-INVALID', { field: `fault ${text.slice(0, 60)}`, note: `known: ${Object.keys(cardFaultMeanings).join(', ')}` });
  return { name, station: (match?.[2] as ChipStation | undefined) ?? null, left: Number(match?.[3]) };
}

/** Counts one chance at a station: what stays armed, and the faults that happen now. Pure. */
export function passChance(armed: readonly ArmedCardFault[], chance: Chance, station: ChipStation): { readonly armed: readonly ArmedCardFault[]; readonly due: readonly CardFault[] } {
  const counts = (fault: ArmedCardFault): boolean => chances[fault.name] === chance && (fault.station === null || fault.station === station);
  const counted = armed.map((fault) => (counts(fault) ? { ...fault, left: fault.left - 1 } : fault));
  return { armed: counted.filter(({ left }) => left > 0), due: counted.filter(({ left }) => left === 0).map(({ name }) => name) };
}
