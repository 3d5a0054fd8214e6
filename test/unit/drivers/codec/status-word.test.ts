import { describe, expect, it } from 'vitest';
import { describeStatusWord, statusClass, statusLength, statusWord, triesLeft } from '../../../../drivers/codec/status-word.ts';

describe('status word', () => {
  it.each([
    [0x9000, 'ok'], [0x6100, 'more'], [0x61fd, 'more'], [0x6c10, 'length'], [0x6282, 'warning'], [0x63c2, 'warning'],
    [0x6400, 'error'], [0x6a82, 'error'], [0x6f00, 'error'], [0x6000, 'unknown'], [0x9001, 'unknown'], [0x0000, 'unknown'],
  ] as const)('%d is of class %s', (sw, expected) => {
    expect(statusClass(sw)).toBe(expected);
  });

  it('reads the length of 61xx and 6Cxx, 00 as 256', () => {
    expect([0x6110, 0x6100, 0x6c08, 0x6c00, 0x9000, 0x6282].map(statusLength)).toEqual([16, 256, 8, 256, null, null]);
  });

  it('reads the tries left', () => {
    expect([0x63c0, 0x63c3, 0x63cf, 0x6983, 0x6300, 0x6982].map(triesLeft)).toEqual([0, 3, 15, 0, null, null]);
  });

  it('describes', () => {
    expect([0x9000, 0x6a82, 0x63c2, 0x6110, 0x6c00, 0x6fff].map(describeStatusWord)).toEqual([
      '9000 ok', '6A82 not found', '63C2 2 tries left', '6110 16 bytes more', '6C00 Le is 256', '6FFF',
    ]);
  });

  it('names every word once', () => {
    const words = Object.values(statusWord);
    expect(new Set(words).size).toBe(words.length);
  });
});
