import type { CommandApdu } from '../../../drivers/codec/apdu.ts';
import type { ChipInterface } from '../simulated-chip.ts';
import type { PivAbilities } from './abilities.ts';
import type { PivMemory } from './memory.ts';

/** What is forgotten when the card loses power. */
export interface VolatileState {
  selected: boolean;
  pinVerified: boolean;
  /** The PIN was verified and no key that wants it every time has used it since. */
  pinFresh: boolean;
  managementAuthenticated: boolean;
  /** The half of an authentication that is under way: the random bytes that the host must show knowledge of. */
  pending: { readonly kind: 'witness' | 'challenge'; readonly plain: Uint8Array } | null;
}

export function poweredUp(): VolatileState {
  return { selected: false, pinVerified: false, pinFresh: false, managementAuthenticated: false, pending: null };
}

/** What a command works on. `save` tells the machine that the lasting state changed, before the answer goes out. */
export interface PivContext {
  readonly memory: PivMemory;
  readonly volatile: VolatileState;
  readonly abilities: PivAbilities;
  readonly reach: ChipInterface;
  readonly random: (length: number) => Uint8Array;
  readonly save: () => void;
}

export interface Answer {
  readonly data: Uint8Array;
  readonly sw: number;
}

/** One command of the applet. */
export interface PivCommand {
  readonly instruction: number;
  /** Whether it works without contact and without a virtual contact interface (SP 800-73-5 part 2, table 2). */
  readonly contactless: boolean;
  /** The status word that refuses it for want of authority, or null. Looked at before the data is. */
  readonly refusal: (context: PivContext, apdu: CommandApdu) => number | null;
  readonly perform: (context: PivContext, apdu: CommandApdu) => Answer;
}

const nothing = new Uint8Array();

/** An answer without data. */
export function status(sw: number): Answer {
  return { data: nothing, sw };
}

/** Data with 9000. */
export function success(data: Uint8Array = nothing): Answer {
  return { data, sw: 0x9000 };
}

export function anyone(): null {
  return null;
}

/** Only after the management key was authenticated. */
export function administrator({ volatile }: PivContext): number | null {
  return volatile.managementAuthenticated ? null : 0x6982;
}
