import { describe, expect, it } from 'vitest';
import { blankMifareCard } from '../../../../simulator/card/mifare-card.ts';
import { presentStorageCard, type ReaderKeys } from '../../../../simulator/reader/storage-card.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const OMNIKEY = 'HID Global OMNIKEY 5022 Smart Card Reader 00 00';
const ACR122 = 'ACS ACR122U PICC Interface 00 00';
const IDENTIV = 'Identiv uTrust 3700 F CL Reader 00 00';
const GENERIC = 'Nobody knows this one 00 00';

function reader(name: string, keys?: ReaderKeys) {
  const { chip } = blankMifareCard({ uid: '9A1B2C3D', chip: '1k' }, { onChange: () => undefined });
  const face = presentStorageCard(chip, name, keys);
  face.reset();
  return (command: string): string => Buffer.from(face.transmit(bytes(command))).toString('hex').toUpperCase();
}

describe('commands that every reader understands', () => {
  it.each([
    [OMNIKEY, '20 00', '00'],
    [ACR122, '00 00', '00'],
    [IDENTIV, '00 60', '01'],
    [GENERIC, '00 00', '00'],
  ])('%s: UID, key, authentication, write, read', (name, place, number) => {
    const send = reader(name);
    expect(send('FF CA 00 00 00')).toBe('9A1B2C3D9000');
    expect(send(`FF 82 ${place} 06 FFFFFFFFFFFF`)).toBe('9000');
    expect(send(`FF 86 00 00 05 01 00 04 60 ${number}`)).toBe('9000');
    expect(send('FF B0 00 04 10')).toBe(`${'00'.repeat(16)}9000`);
    expect(send(`FF D6 00 04 10 ${'5A'.repeat(16)}`)).toBe('9000');
    expect(send('FF B0 00 04 00')).toBe(`${'5A'.repeat(16)}9000`);
    expect(send('FF B0 00 07 10')).toBe('000000000000FF078069FFFFFFFFFFFF9000');
  });

  it('wrong ones are refused as they should be', () => {
    const send = reader(OMNIKEY);
    expect(send('FF CA 01 00 00')).toBe('6A81');
    expect(send('00 A4 04 00 00')).toBe('6E00');
    expect(send('FF 00 00 00 00')).toBe('6D00');
    expect(send('FF 86')).toBe('6700');
    expect(send('FF 88 00 04 60 00')).toBe('6700');
    expect(send('FF 86 00 00 04 01 00 04 60')).toBe('6700');
    expect(send('FF 86 00 00 05 01 00 04 62 00')).toBe('6986');
    expect(send('FF B0 00 40 10')).toBe('6A82');
    expect(send('FF B0 00 04 04')).toBe('6C10');
    expect(send('FF D6 00 04 04 01020304')).toBe('6700');
  });
});

describe('what readers do differently', () => {
  it.each([
    [OMNIKEY, '00 00', '6986'],
    [OMNIKEY, '20 20', '6986'],
    [ACR122, '20 00', '6300'],
    [ACR122, '00 02', '6300'],
    [IDENTIV, '00 00', '6988'],
    [IDENTIV, '20 00', '6988'],
  ])('%s takes no key at %s', (name, place, sw) => {
    expect(reader(name)(`FF 82 ${place} 06 FFFFFFFFFFFF`)).toBe(sw);
  });

  it.each([
    [OMNIKEY, '20 00', '00', '6982', '6982'],
    [ACR122, '00 00', '00', '6300', '6300'],
    [IDENTIV, '00 60', '01', '6982', '6982'],
    [GENERIC, '00 00', '00', '6300', '6982'],
  ])('%s answers a wrong key and a closed sector in its own words', (name, place, number, wrongKey, closed) => {
    const send = reader(name);
    send(`FF 82 ${place} 06 A0A1A2A3A4A5`);
    expect(send(`FF 86 00 00 05 01 00 04 60 ${number}`)).toBe(wrongKey);
    expect(send('FF B0 00 04 10')).toBe(closed);
  });

  it('a generic reader leaves a refused card halted until its UID is asked for; others select it', () => {
    for (const [name, place, selects] of [[GENERIC, '00 00', false], [OMNIKEY, '20 00', true]] as const) {
      const send = reader(name);
      send(`FF 82 ${place} 06 A0A1A2A3A4A5`);
      send('FF 86 00 00 05 01 00 04 60 00');
      send(`FF 82 ${place} 06 FFFFFFFFFFFF`);
      expect(send('FF 86 00 00 05 01 00 04 60 00') === '9000', name).toBe(selects);
      send('FF CA 00 00 00');
      expect(send('FF 86 00 00 05 01 00 04 60 00'), name).toBe('9000');
    }
  });

  it.each([
    [OMNIKEY, '20 00', '6700'],
    [ACR122, '00 00', '9000'],
    [GENERIC, '00 00', '9000'],
  ])('%s answers the old authentication command at %s with %s', (name, place, sw) => {
    const send = reader(name);
    send(`FF 82 ${place} 06 FFFFFFFFFFFF`);
    expect(send('FF 88 00 04 60 00')).toBe(sw);
    expect(send('FF 88 00 04 60')).not.toBe('9000');
  });

  it.each([
    [OMNIKEY, '20 05', '05', true],
    [ACR122, '00 01', '01', false],
  ])('%s and its keys after the power was gone', (name, place, number, kept) => {
    const keys: ReaderKeys = new Map();
    const { chip } = blankMifareCard({ uid: '9A1B2C3D', chip: '1k' }, { onChange: () => undefined });
    const first = presentStorageCard(chip, name, keys);
    first.reset();
    first.transmit(bytes(`FF 82 ${place} 06 FFFFFFFFFFFF`));
    first.powerOff();
    const second = presentStorageCard(chip, name, keys);
    second.reset();
    expect(Buffer.from(second.transmit(bytes(`FF 86 00 00 05 01 00 04 60 ${number}`))).toString('hex') === '9000').toBe(kept);
  });

  it('a card without power answers nothing', () => {
    const { chip } = blankMifareCard({ uid: '9A1B2C3D', chip: '1k' }, { onChange: () => undefined });
    const face = presentStorageCard(chip, GENERIC);
    face.reset();
    face.powerOff();
    expect(Buffer.from(face.transmit(bytes('FF B0 00 04 10'))).toString('hex')).toBe('6982');
  });
});

describe('the ATR', () => {
  it.each([
    ['1k', '3B8F8001804F0CA000000306030001000000006A'],
    ['4k', '3B8F8001804F0CA0000003060300020000000069'],
  ] as const)('of a %s names it', (chip, atr) => {
    const card = blankMifareCard({ uid: '9A1B2C3D', chip }, { onChange: () => undefined });
    expect(Buffer.from(presentStorageCard(card.chip, OMNIKEY).atr).toString('hex').toUpperCase()).toBe(atr);
  });
});
