import { describe, expect, it } from 'vitest';
import { withLengthRepair } from '../../../../drivers/channel/length-repair.ts';
import { hex, limit, scripted, text } from './scripted-channel.ts';

describe('length repair', () => {
  it('repeats with the Le the card demands', async () => {
    const card = scripted([['FFB0000400', '6C10'], ['FFB0000410', '000102030405060708090A0B0C0D0E0F9000']]);
    expect(text(await withLengthRepair(card).transmit(hex('FFB0000400'), limit))).toBe('000102030405060708090A0B0C0D0E0F9000');
    card.finished();
  });

  it('keeps the data and reads 6C00 as 256', async () => {
    const card = scripted([['00CB3FFF035C017E05', '6C00'], ['00CB3FFF035C017E00', '7E009000']]);
    expect(text(await withLengthRepair(card).transmit(hex('00CB3FFF035C017E05'), limit))).toBe('7E009000');
    card.finished();
  });

  it('does not ask a third time', async () => {
    const card = scripted([['00CA000000', '6C08'], ['00CA000008', '6C04']]);
    expect(text(await withLengthRepair(card).transmit(hex('00CA000000'), limit))).toBe('6C04');
    card.finished();
  });

  it('passes everything else', async () => {
    const card = scripted([['00200080', '63C3']]);
    expect(text(await withLengthRepair(card).transmit(hex('00200080'), limit))).toBe('63C3');
    card.finished();
  });
});
