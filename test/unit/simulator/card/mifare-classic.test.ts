import { describe, expect, it } from 'vitest';
import { encodeValueBlock, decodeValueBlock } from '../../../../drivers/codec/mifare-value.ts';
import type { KeySlot } from '../../../../drivers/codec/mifare-pcsc.ts';
import { MifareClassicChip } from '../../../../simulator/card/mifare-classic.ts';
import { blankMifareCard, restoreMifareCard } from '../../../../simulator/card/mifare-card.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array | null): string | null => (value === null ? null : Buffer.from(value).toString('hex').toUpperCase());
const KEY_A = bytes('A1A2A3A4A5A6');
const KEY_B = bytes('B1B2B3B4B5B6');
const DATA = bytes('000102030405060708090A0B0C0D0E0F');

/** Access bytes from conditions C1C2C3 of the three data groups and the trailer, laid out by MF1S50yyX figure 10. */
function accessBytes(conditions: readonly [string, string, string, string]): Uint8Array {
  const nibble = (number: number): number => conditions.reduce((sum, condition, group) => sum | (Number(condition[number - 1]) << group), 0);
  const [c1, c2, c3] = [nibble(1), nibble(2), nibble(3)];
  return Uint8Array.of(((c2 ^ 15) << 4) | (c1 ^ 15), (c1 << 4) | (c3 ^ 15), (c3 << 4) | c2);
}

/** A 1K whose sector 1 stands under given conditions, with the value 100 in block 4. */
function chipUnder(data: string, trailer: string): MifareClassicChip {
  const memory = new Uint8Array(1024);
  memory.set(encodeValueBlock({ value: 100, address: 4 }), 4 * 16);
  memory.set([...KEY_A, ...accessBytes([data, data, data, trailer]), 0x69, ...KEY_B], 7 * 16);
  const chip = new MifareClassicChip('1k', bytes('9A1B2C3D'), memory, { onChange: () => undefined });
  chip.select();
  return chip;
}

function opened(data: string, trailer: string, slot: KeySlot): MifareClassicChip {
  const chip = chipUnder(data, trailer);
  expect(chip.authenticate(4, slot, slot === 'A' ? KEY_A : KEY_B)).toBe(true);
  return chip;
}

/** MF1S50yyX table 8: read, write, increment, decrement/transfer/restore. */
const TABLE_8: readonly (readonly [string, string, string, string, string])[] = [
  ['000', 'AB', 'AB', 'AB', 'AB'],
  ['010', 'AB', '-', '-', '-'],
  ['100', 'AB', 'B', '-', '-'],
  ['110', 'AB', 'B', 'B', 'AB'],
  ['001', 'AB', '-', '-', 'AB'],
  ['011', 'B', 'B', '-', '-'],
  ['101', 'B', '-', '-', '-'],
  ['111', '-', '-', '-', '-'],
];

describe('data blocks obey table 8 of the data sheet', () => {
  it.each(TABLE_8)('%s: read %s, write %s, increment %s, decrement and the like %s', (condition, read, write, increment, decrement) => {
    for (const slot of ['A', 'B'] as const) {
      const fresh = () => opened(condition, '011', slot);
      expect(fresh().read(4) !== null, `read with ${slot}`).toBe(read.includes(slot));
      expect(fresh().write(4, DATA), `write with ${slot}`).toBe(write.includes(slot));
      expect(fresh().compute('increment', 4, 1), `increment with ${slot}`).toBe(increment.includes(slot));
      expect(fresh().compute('decrement', 4, 1), `decrement with ${slot}`).toBe(decrement.includes(slot));
      expect(fresh().compute('restore', 4, 0), `restore with ${slot}`).toBe(decrement.includes(slot));
    }
  });
});

/** MF1S50yyX table 7: key A write, access bits read, access bits write, key B read, key B write. */
const TABLE_7: readonly (readonly [string, string, string, string, string, string])[] = [
  ['000', 'A', 'A', '-', 'A', 'A'],
  ['010', '-', 'A', '-', 'A', '-'],
  ['100', 'B', 'AB', '-', '-', 'B'],
  ['110', '-', 'AB', '-', '-', '-'],
  ['001', 'A', 'A', 'A', 'A', 'A'],
  ['011', 'B', 'AB', 'B', '-', 'B'],
  ['101', '-', 'AB', 'B', '-', '-'],
  ['111', '-', 'AB', '-', '-', '-'],
];

describe('trailers obey table 7 of the data sheet', () => {
  const next = bytes('C1C2C3C4C5C6' + 'FF0780' + '55' + 'D1D2D3D4D5D6');

  it.each(TABLE_7)('%s: key A write %s, access read %s, access write %s, key B read %s, key B write %s', (condition, writeA, readAccess, writeAccess, readB, writeB) => {
    const readable = readB !== '-';
    for (const slot of readable ? (['A'] as const) : (['A', 'B'] as const)) {
      const before = opened('000', condition, slot).dump()[7] ?? '';
      const seen = hex(opened('000', condition, slot).read(7));
      expect(seen, `read with ${slot}`).toBe(readAccess.includes(slot) ? `000000000000${before.slice(12, 20)}${readB.includes(slot) ? 'B1B2B3B4B5B6' : '000000000000'}` : null);
      const chip = opened('000', condition, slot);
      const changes = [writeA, writeAccess, writeB].some((keys) => keys.includes(slot));
      expect(chip.write(7, next), `write with ${slot}`).toBe(changes);
      const part = (keys: string, from: number, to: number): string => (keys.includes(slot) ? (hex(next) ?? '') : before).slice(from, to);
      expect(chip.dump()[7]).toBe(part(writeA, 0, 12) + part(writeAccess, 12, 20) + part(writeB, 20, 32));
    }
  });

  it.each(['000', '010', '001'])('%s: key B can be read, so it opens and then may do nothing', (condition) => {
    for (const act of [(chip: MifareClassicChip) => chip.read(4), (chip: MifareClassicChip) => chip.read(7)]) expect(act(opened('000', condition, 'B'))).toBeNull();
    expect(opened('000', condition, 'B').write(4, DATA)).toBe(false);
    expect(opened('000', condition, 'B').compute('increment', 4, 1)).toBe(false);
  });
});

describe('the chip', () => {
  it('halts after a wrong key until it is selected again', () => {
    const chip = chipUnder('000', '001');
    expect(chip.authenticate(4, 'A', KEY_B)).toBe(false);
    expect(chip.authenticate(4, 'A', KEY_A)).toBe(false);
    chip.select();
    expect(chip.authenticate(4, 'A', KEY_A)).toBe(true);
    expect(hex(chip.read(5))).toBe('00'.repeat(16));
  });

  it('opens one sector at a time, and none after a refusal, a selection, or a loss of power', () => {
    const closing: readonly ((chip: MifareClassicChip) => void)[] = [
      (chip) => void chip.read(8),
      (chip) => void chip.authenticate(8, 'A', bytes('000000000000')),
      (chip) => chip.select(),
      (chip) => chip.powerOff(),
    ];
    for (const close of closing) {
      const chip = opened('000', '001', 'A');
      expect(chip.isOpenAt(4)).toBe(true);
      close(chip);
      expect(chip.read(4)).toBeNull();
    }
  });

  it('never opens a sector again whose access bits contradict themselves', () => {
    const chip = opened('000', '001', 'A');
    expect(chip.write(7, bytes('A1A2A3A4A5A6' + 'FF0781' + '69' + 'B1B2B3B4B5B6'))).toBe(true);
    expect(chip.read(4), 'at once').toBeNull();
    for (const [slot, key] of [['A', KEY_A], ['B', KEY_B]] as const) {
      chip.select();
      expect(chip.authenticate(4, slot, key)).toBe(false);
    }
  });

  it('never writes block 0', () => {
    const { chip } = blankMifareCard({ uid: '9A1B2C3D', chip: '1k' }, { onChange: () => undefined });
    const transport = new Uint8Array(6).fill(0xff);
    chip.select();
    expect(chip.authenticate(0, 'A', transport)).toBe(true);
    const before = hex(chip.read(0));
    expect(chip.write(0, DATA)).toBe(false);
    chip.select();
    chip.authenticate(0, 'A', transport);
    expect(hex(chip.read(0))).toBe(before);
  });

  it('keeps a computed value only when it is transferred', () => {
    const chip = opened('110', '011', 'B');
    const value = (): number | undefined => decodeValueBlock(chip.read(4) ?? new Uint8Array())?.value;
    expect(chip.compute('increment', 4, 17)).toBe(true);
    expect(value()).toBe(100);
    expect(chip.transfer(4)).toBe(true);
    expect(value()).toBe(117);
    expect(chip.compute('decrement', 4, 200) && chip.transfer(4)).toBe(true);
    expect(value()).toBe(-83);
    expect(chip.compute('restore', 4, 0) && chip.transfer(5)).toBe(true);
    expect(decodeValueBlock(chip.read(5) ?? new Uint8Array())).toEqual({ value: -83, address: 4 });
    expect(chip.compute('increment', 6, 1), 'no value block').toBe(false);
    expect(opened('110', '011', 'B').transfer(4), 'nothing computed').toBe(false);
  });

  it('covers the five-block groups of the large sectors of a 4K', () => {
    const memory = new Uint8Array(4096);
    memory.set([...KEY_A, ...accessBytes(['000', '010', '111', '011']), 0x69, ...KEY_B], 143 * 16);
    const chip = new MifareClassicChip('4k', bytes('9A1B2C3D'), memory, { onChange: () => undefined });
    const writable = Array.from({ length: 15 }, (_, index) => {
      chip.select();
      chip.authenticate(128, 'A', KEY_A);
      return chip.write(128 + index, DATA);
    });
    expect(writable).toEqual([...new Array<boolean>(5).fill(true), ...new Array<boolean>(10).fill(false)]);
  });

  it('tells of every lasting change before the command ends, and of nothing else', () => {
    const seen: string[] = [];
    const card = blankMifareCard({ uid: '9A1B2C3D', chip: '1k' }, { onChange: (snapshot) => seen.push((snapshot.memory as string[])[4] ?? '') });
    card.chip.select();
    card.chip.authenticate(4, 'A', new Uint8Array(6).fill(0xff));
    card.chip.read(4);
    expect(seen).toEqual([]);
    card.chip.write(4, DATA);
    expect(seen).toEqual([hex(DATA)]);
  });
});

describe('a snapshot', () => {
  it.each(['mini', '1k', '4k'] as const)('brings a %s back to life through JSON', (chip) => {
    const card = blankMifareCard({ uid: '04A1B2C3D4E5F6', chip }, { onChange: () => undefined });
    const restored = restoreMifareCard(JSON.parse(JSON.stringify(card.snapshot())), { onChange: () => undefined });
    expect(restored.snapshot()).toEqual(card.snapshot());
    restored.chip.select();
    expect(restored.chip.authenticate(0, 'A', new Uint8Array(6).fill(0xff))).toBe(true);
  });

  it.each([
    { kind: 'piv', uid: '9A1B2C3D', memory: [] },
    { kind: 'mifare-classic-1k', uid: '9A1B2C3D', memory: ['00'] },
    { kind: 'mifare-classic-1k', uid: '9A1B2C3D', memory: null },
    { kind: 'mifare-classic-1k', uid: '9A1B2C3D', memory: new Array(64).fill('zz') },
  ] as const)('that is none is refused: %j', (snapshot) => {
    expect(() => restoreMifareCard(snapshot, { onChange: () => undefined })).toThrow('SIM-INVALID');
  });

  it('of a blank has transport keys and access bits in every sector', () => {
    const { memory } = blankMifareCard({ uid: '9A1B2C3D', chip: '1k' }, { onChange: () => undefined }).snapshot();
    const blocks = memory as string[];
    expect(blocks[0]).toMatch(/^9A1B2C3D90080400/);
    expect(blocks.filter((_, block) => block % 4 === 3)).toEqual(new Array(16).fill('FFFFFFFFFFFFFF078069FFFFFFFFFFFF'));
    expect(() => blankMifareCard({ uid: '9A1B2C', chip: '1k' }, { onChange: () => undefined })).toThrow('SIM-INVALID');
  });
});
