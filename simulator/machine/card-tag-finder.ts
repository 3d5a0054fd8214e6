import { CARD_TAG_BYTES, decodeCardTag, type CardTag } from '../../drivers/codec/card-tag.ts';
import type { ChipSnapshot } from '../card/simulated-chip.ts';

/**
 * The tag `order # attempt` on the chips of a card, null when none of them carries a whole one. It is looked for in all
 * of the lasting memory (hexadecimal text, consecutive pieces joined), so that it is found wherever a profile keeps it;
 * its check sum keeps anything else from being taken for one.
 */
export function findCardTag(chips: readonly ChipSnapshot[]): CardTag | null {
  for (const chip of chips) {
    for (const memory of hexRuns(chip.memory)) {
      const tag = tagIn(memory);
      if (tag !== null) return tag;
    }
  }
  return null;
}

function tagIn(memory: Uint8Array): CardTag | null {
  for (let at = 0; at + CARD_TAG_BYTES <= memory.length; at += 1) {
    const tag = decodeCardTag(memory.subarray(at, at + CARD_TAG_BYTES));
    if (tag !== null) return tag;
  }
  return null;
}

/** Every hexadecimal text of a JSON value as bytes; those that follow each other in a list come as one. */
function hexRuns(value: unknown): readonly Uint8Array[] {
  if (typeof value === 'string') return isHex(value) ? [Buffer.from(value, 'hex')] : [];
  if (Array.isArray(value)) return value.every(isHex) ? [Buffer.from(value.join(''), 'hex')] : value.flatMap(hexRuns);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(hexRuns) : [];
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && value.length % 2 === 0 && /^[0-9a-f]*$/i.test(value);
}
