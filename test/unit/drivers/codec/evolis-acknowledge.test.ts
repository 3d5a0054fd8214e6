import { describe, expect, test } from 'vitest';
import { readAcknowledged, writeAcknowledged } from '../../../../drivers/codec/evolis-acknowledge.ts';

const text = (bytes: readonly number[]): string => {
  const progress = readAcknowledged(Uint8Array.from(bytes));
  return progress.kind === 'answer' ? progress.text : progress.kind;
};

describe('answers in ACK/NACK mode', () => {
  test.each<[string, readonly number[], string]>([
    ['ACK', [0x06], 'OK'],
    ['NACK 1', [0x15, 0x31], 'ERROR CDE'],
    ['NACK 2', [0x15, 0x32], 'ERROR PARAMETRES'],
    ['NACK T', [0x15, 0x54], 'ERROR TIME OUT'],
    ['NACK C', [0x15, 0x43], 'COVER OPEN'],
    ['NACK F', [0x15, 0x46], 'FEEDER EMPTY'],
    ['NACK R', [0x15, 0x52], 'ERROR RIBBON'],
    ['NACK W', [0x15, 0x57], 'ERROR MAG'],
    ['a NACK that is not whole', [0x15], 'incomplete'],
    ['an unknown code', [0x15, 0x21], 'garbage'],
    ['a text', [...Buffer.from('ymcko\r')], 'ymcko'],
  ])('%s', (_name, bytes, meaning) => { expect(text(bytes)).toBe(meaning); });

  test.each([['OK', [0x06]], ['COVER OPEN', [0x15, 0x43]], ['CARD JAM', [0x15, 0x54]], ['1234', [...Buffer.from('1234\r')]]])('%s is sent so', (answer, bytes) => {
    expect([...writeAcknowledged(answer)]).toEqual(bytes);
  });
});
