import { describe, expect, it } from 'vitest';
import { withGetResponse } from '../../../../drivers/channel/get-response.ts';
import { hex, limit, scripted, text } from './scripted-channel.ts';

describe('GET RESPONSE', () => {
  it('leaves a whole answer alone', async () => {
    const card = scripted([['FFCA000000', '04A1B2C39000']]);
    expect(text(await withGetResponse(card).transmit(hex('FFCA000000'), limit))).toBe('04A1B2C39000');
    card.finished();
  });

  it('fetches every part with the length the card names and keeps the last status word', async () => {
    const card = scripted([
      ['00CB3FFF055C035FC10500', 'AA BB 6110'],
      ['00C0000010', 'CC 6100'],
      ['00C0000000', 'DD 6282'],
    ]);
    expect(text(await withGetResponse(card).transmit(hex('00CB3FFF055C035FC10500'), limit))).toBe('AABBCCDD6282');
    card.finished();
  });

  it('asks on the channel of the command, without its chaining bit', async () => {
    const card = scripted([['11CB3FFF', '6102'], ['01C0000002', '01029000']]);
    expect(text(await withGetResponse(card).transmit(hex('11CB3FFF'), limit))).toBe('01029000');
    card.finished();
  });

  it('gives up on a card that never ends', async () => {
    const endless = { transmit: async () => hex('006101') };
    await expect(withGetResponse(endless, 3).transmit(hex('00CB3FFF'), limit)).rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
  });

  it('refuses an answer without a status word', async () => {
    await expect(withGetResponse({ transmit: async () => hex('90') }).transmit(hex('00CB3FFF'), limit)).rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
  });
});
