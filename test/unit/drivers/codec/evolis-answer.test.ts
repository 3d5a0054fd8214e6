import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestAnswer, readAnswer } from '../../../../drivers/codec/evolis-answer.ts';

const read = (text: string): unknown => {
  const progress = readAnswer(Buffer.from(text, 'latin1'));
  return progress.kind === 'answer' ? [progress.text, Buffer.from(progress.rest).toString('latin1')] : progress.kind;
};

test.each([
  ['OK\r', ['OK', '']],
  ['OK\r\n', ['OK', '']],
  ['OK\x00', ['OK', '']],
  ['\nCONTACTLESS CARD\r', ['CONTACTLESS CARD', '']],
  ['5,00 Volts\r', ['5,00 Volts', '']],
  ['OK\rCARD\r', ['OK', 'CARD\r']],
  ['OK', 'incomplete'],
  ['\r\n', 'incomplete'],
  ['', 'incomplete'],
  ['O\x1bK\r', 'garbage'],
  ['A'.repeat(longestAnswer + 1), 'garbage'],
])('%j reads as %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test('reads anything without throwing, and never more than was there', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
    const progress = readAnswer(bytes);
    if (progress.kind === 'answer') expect(progress.text.length + progress.rest.length).toBeLessThan(bytes.length);
    if (progress.kind === 'garbage') expect(progress.reason).not.toBe('');
    if (progress.kind === 'incomplete') expect(bytes.some((byte, index) => byte > 0x1f && [0, 10, 13].includes(bytes[index + 1] ?? -1))).toBe(false);
  }), { numRuns: 2000 });
});
