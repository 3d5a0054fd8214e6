import { describe, expect, it } from 'vitest';
import { encodeCardTag } from '../../../../drivers/codec/card-tag.ts';
import { findCardTag } from '../../../../simulator/machine/card-tag-finder.ts';

const tag = { orderId: 'A-2026-0007', attempt: 2 };
const hex = Buffer.from(encodeCardTag(tag)).toString('hex').toUpperCase();
const blank = '00'.repeat(16);

describe('finding the tag on chips', () => {
  it('finds it across two blocks of a MIFARE memory', () => {
    const memory = [blank, blank, hex.slice(0, 32), hex.slice(32), blank];
    expect(findCardTag([{ kind: 'mifare-classic-1k', uid: '04', memory }])).toEqual(tag);
  });

  it('finds it within an object of a PIV memory', () => {
    const memory = { pin: { value: '313233343536FFFF' }, objects: { '5FC102': '5300', '5FFF01': `5320${hex}` }, keys: [] };
    expect(findCardTag([{ kind: 'mifare-classic-1k', uid: '04', memory: [blank] }, { kind: 'piv', uid: '04', memory }])).toEqual(tag);
  });

  it('finds none on a blank, in a torn tag, in nothing', () => {
    expect(findCardTag([{ kind: 'mifare-classic-1k', uid: '04', memory: Array.from({ length: 64 }, () => blank) }])).toBeNull();
    expect(findCardTag([{ kind: 'mifare-classic-1k', uid: '04', memory: [hex.slice(0, 32), blank] }])).toBeNull();
    expect(findCardTag([{ kind: 'piv', uid: '04', memory: { retries: 3, objects: {}, name: 'not hex' } }])).toBeNull();
    expect(findCardTag([])).toBeNull();
  });
});
