import { expect, it } from 'vitest';
import { withCardLayers } from '../../../../drivers/channel/card-layers.ts';
import { command, encodeCommand } from '../../../../drivers/codec/apdu.ts';
import { limit, scripted, text } from './scripted-channel.ts';

it('a long command whose last link gets a wrong Le and a long answer comes back whole', async () => {
  const data = new Uint8Array(300).fill(0xa5);
  const card = scripted([
    [`10870711FF${'A5'.repeat(255)}`, '9000'],
    [`008707112D${'A5'.repeat(45)}00`, '6C04'],
    [`008707112D${'A5'.repeat(45)}04`, '01026102'],
    ['00C0000002', '03049000'],
  ]);
  expect(text(await withCardLayers(card).transmit(encodeCommand(command(0x00, 0x87, 0x07, 0x11, data, 65536)), limit))).toBe('010203049000');
  card.finished();
});
