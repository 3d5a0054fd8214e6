import { describe, expect, it } from 'vitest';
import { meansMute, pcscErrorNumber, pcscFault, REMOVED_CARD } from '../../../../drivers/channel/pcsc-errors.ts';

describe('errors of PC/SC', () => {
  it.each([
    ['SCardTransmit error: Card was removed.(0x80100069)', 0x80100069],
    ['SCardGetStatusChange error: RPC transport error.(0x80100013)', 0x80100013],
    ['Card Reader not connected', 0],
    ['', 0],
  ])('reads the number in %j', (text, number) => {
    expect(pcscErrorNumber(text)).toBe(number);
  });

  it.each([
    [REMOVED_CARD, 'LNK-CARD-GONE'], [0x80100016, 'LNK-CARD-GONE'], [0x80100068, 'LNK-CARD-GONE'],
    [0x80100013, 'LNK-SERVICE-GONE'], [0x8010001d, 'LNK-SERVICE-GONE'], [0x8010001e, 'LNK-SERVICE-GONE'],
    [0x80100009, 'ENC-NO-READER'], [0x80100017, 'ENC-NO-READER'],
    [0x8010000b, 'ENC-NO-READER'], [0x80100008, 'LNK-PROTOCOL'], [0, 'LNK-PROTOCOL'],
  ])('%i is %s', (number, code) => {
    expect(pcscFault(number, 'note')).toMatchObject({ code, detail: { note: 'note', data: { pcsc: `0x${number.toString(16)}` } } });
  });

  it('tells a card that does not answer from one that is not there', () => {
    expect([0x80100066, 0x80100067, 0x80100069, 0x8010000c].map(meansMute)).toEqual([true, true, false, false]);
  });
});
