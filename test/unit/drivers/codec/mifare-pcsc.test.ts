import { describe, expect, it } from 'vitest';
import { authenticate, cardAnswer, getUid, loadKey, loadKeyAnswer, readBlock, writeBlock } from '../../../../drivers/codec/mifare-pcsc.ts';

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();
const KEY = Uint8Array.from([0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5]);

describe('pseudo-APDUs of PC/SC part 3', () => {
  it.each([
    ['get UID', getUid(), 'FFCA000000'],
    ['load a key where an OMNIKEY keeps it', loadKey({ p1: 0x20, slot: 0x1a }, KEY), 'FF82201A06A0A1A2A3A4A5'],
    ['load a key where an ACR122 keeps it', loadKey({ p1: 0x00, slot: 0x01 }, KEY), 'FF82000106A0A1A2A3A4A5'],
    ['authenticate block 7 with key A', authenticate(7, 'A', 0x1a), 'FF86000005010007' + '601A'],
    ['authenticate block 255 with key B', authenticate(255, 'B', 0), 'FF8600000501' + '00FF6100'],
    ['read block 4', readBlock(4), 'FFB0000410'],
    ['write block 5', writeBlock(5, new Uint8Array(16).fill(0x11)), `FFD6000510${'11'.repeat(16)}`],
  ])('%s', (_, apdu, expected) => {
    expect(hex(apdu)).toBe(expected);
  });
});

describe('status words', () => {
  it.each([
    [0x9000, 'ok'],
    [0x6982, 'refused'],
    [0x6983, 'refused'],
    [0x6986, 'refused'],
    [0x6300, 'unsure'],
    [0x6984, 'key-place'],
    [0x6988, 'key-place'],
    [0x6400, 'card-silent'],
    [0x6581, 'memory'],
    [0x6a82, 'no-block'],
    [0x6b00, 'no-block'],
    [0x6700, 'unsupported'],
    [0x6f00, 'unsupported'],
  ])('%i of a card command means %s', (sw, answer) => {
    expect(cardAnswer(sw)).toBe(answer);
  });

  it.each([
    [0x9000, 'ok'],
    [0x6986, 'key-place'],
    [0x6300, 'key-place'],
    [0x6988, 'key-place'],
    [0x6a81, 'unsupported'],
    [0x6d00, 'unsupported'],
  ])('%i of Load Keys means %s', (sw, answer) => {
    expect(loadKeyAnswer(sw)).toBe(answer);
  });
});
