import type { WriteBehaviour } from './mifare-classic.ts';

/** A block whose cells no longer take a charge: writes change nothing. */
export function wornBlock(worn: number): WriteBehaviour {
  return (block, before, after) => (block === worn ? before : after);
}

/** What a write that the field's loss interrupts leaves after the bytes that were programmed. */
export type TornRest = 'old' | 'zero' | 'ones' | 'mixed';

const LEFT: Readonly<Record<TornRest, (before: number, after: number) => number>> = {
  old: (before) => before,
  zero: () => 0x00,
  ones: () => 0xff,
  mixed: (before, after) => before & after,
};

/** Tears the nth write of the chip's life (from 0): its first bytes land, the rest of the block is left in some state (cards.md 1.8). */
export function tornWrite(nth: number, keptBytes: number, rest: TornRest): WriteBehaviour {
  let writes = 0;
  return (_, before, after) => {
    const torn = writes === nth;
    writes += 1;
    return torn ? after.map((byte, index) => (index < keptBytes ? byte : LEFT[rest](before[index] ?? 0, byte))) : after;
  };
}
