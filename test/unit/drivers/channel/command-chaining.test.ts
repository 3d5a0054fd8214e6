import { describe, expect, it } from 'vitest';
import { command, encodeCommand } from '../../../../drivers/codec/apdu.ts';
import { withCommandChaining } from '../../../../drivers/channel/command-chaining.ts';
import { hex, limit, scripted, text } from './scripted-channel.ts';

const data = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index & 0xff);

describe('command chaining', () => {
  it('sends 255 bytes as they are', async () => {
    const whole = encodeCommand(command(0x00, 0xdb, 0x3f, 0xff, data(255)));
    const card = scripted([[text(whole), '9000']]);
    expect(text(await withCommandChaining(card).transmit(whole, limit))).toBe('9000');
    card.finished();
  });

  it('sends 600 bytes as a chain of three, Le only on the last', async () => {
    const bytes = data(600);
    const card = scripted([
      [`10DB3FFFFF${text(bytes.subarray(0, 255))}`, '9000'],
      [`10DB3FFFFF${text(bytes.subarray(255, 510))}`, '9000'],
      [`00DB3FFF5A${text(bytes.subarray(510))}00`, '9000'],
    ]);
    expect(text(await withCommandChaining(card).transmit(encodeCommand(command(0x00, 0xdb, 0x3f, 0xff, bytes, 65536)), limit))).toBe('9000');
    card.finished();
  });

  it('sends 510 bytes as two whole links', async () => {
    const bytes = data(510);
    const card = scripted([[`10DB3FFFFF${text(bytes.subarray(0, 255))}`, '9000'], [`00DB3FFFFF${text(bytes.subarray(255))}`, '9000']]);
    await withCommandChaining(card).transmit(encodeCommand(command(0x00, 0xdb, 0x3f, 0xff, bytes)), limit);
    card.finished();
  });

  it('ends with the answer of a card that refuses a link', async () => {
    const bytes = data(600);
    const card = scripted([[`10DB3FFFFF${text(bytes.subarray(0, 255))}`, '6982']]);
    expect(text(await withCommandChaining(card).transmit(encodeCommand(command(0x00, 0xdb, 0x3f, 0xff, bytes)), limit))).toBe('6982');
    card.finished();
  });

  it('makes an extended command without data short', async () => {
    const card = scripted([['00CB3FFF00', '9000']]);
    await withCommandChaining(card).transmit(hex('00CB3FFF000000'), limit);
    card.finished();
  });

  it('wipes the links it made', async () => {
    const sent: Uint8Array[] = [];
    const card = { transmit: async (link: Uint8Array) => (sent.push(link), hex('9000')) };
    await withCommandChaining(card).transmit(encodeCommand(command(0x00, 0x24, 0x00, 0x80, data(300))), limit);
    expect(sent).toHaveLength(2);
    expect(sent.every((link) => link.every((byte) => byte === 0))).toBe(true);
  });
});
