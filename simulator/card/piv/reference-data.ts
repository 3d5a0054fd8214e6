import { timingSafeEqual } from 'node:crypto';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import type { PivContext } from './context.ts';
import { fromHex, toHex, type ReferenceData } from './memory.ts';

/**
 * Compares a value with a PIN or PUK the way a card does: one try is taken away and saved before the comparison, so
 * that pulling the card gains nothing. Gives the status word: 9000, 63CX, or 6983 when no try was left.
 */
export function compare(context: PivContext, reference: ReferenceData, value: Uint8Array): number {
  if (reference.triesLeft === 0) return statusWord.authenticationBlocked;
  reference.triesLeft -= 1;
  context.save();
  if (!timingSafeEqual(fromHex(reference.value), value)) return triesStatus(reference);
  reference.triesLeft = reference.maximumTries;
  context.save();
  return statusWord.ok;
}

/** 63CX, or 6983 when blocked. */
export function triesStatus(reference: ReferenceData): number {
  return reference.triesLeft === 0 ? statusWord.authenticationBlocked : 0x63c0 | reference.triesLeft;
}

/** Sets a new value and gives all tries back. */
export function renew(context: PivContext, reference: ReferenceData, value: Uint8Array): void {
  reference.value = toHex(value);
  reference.triesLeft = reference.maximumTries;
  reference.isFactory = false;
  context.save();
}

/** Forgets that the PIN was verified. */
export function forgetPin({ volatile }: PivContext): void {
  volatile.pinVerified = false;
  volatile.pinFresh = false;
}
