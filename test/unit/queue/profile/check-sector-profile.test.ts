import { describe, expect, it } from 'vitest';
import { checkSectorProfile } from '../../../../queue/profile/check-sector-profile.ts';
import type { SectorTemplate } from '../../../../queue/profile/sector-profile.ts';
import { exampleCardProfile, exampleSectorProfile } from '../../../support/orders/example-profiles.ts';

const card = exampleCardProfile('PIVC_MIFARE');
const sector = (changes: Partial<SectorTemplate>): SectorTemplate => {
  const [example] = exampleSectorProfile().sectors;
  if (example === undefined) throw new Error('the example has a sector');
  return { ...example, ...changes };
};
const fieldsOf = (sectors: readonly SectorTemplate[], on = card): readonly string[] => {
  const findings = checkSectorProfile(exampleSectorProfile({ sectors: [...sectors] }), on);
  expect(findings.every(({ code }) => code === 'ENC-PROFILE-INVALID')).toBe(true);
  return findings.map(({ field, detail }) => `${field ?? ''}: ${detail?.note ?? ''}`);
};

describe('a company sector profile', () => {
  it('is good on a card that has room for it', () => {
    expect(fieldsOf([sector({}), sector({ sector: 1 }), sector({ sector: 14 })])).toEqual([]);
  });

  it('needs a MIFARE chip', () => {
    expect(fieldsOf([sector({})], exampleCardProfile('PIVC'))).toEqual(['technology: the card has no MIFARE chip']);
  });

  it('leaves the sector of the tag alone', () => {
    expect(fieldsOf([sector({ sector: 15 })])).toEqual(['sectors.0.sector: sector 15 is reserved']);
  });

  it('stays on the chip', () => {
    expect(fieldsOf([sector({ sector: 16 })])).toEqual(['sectors.0.sector: the chip has sectors 0 to 15']);
    expect(fieldsOf([sector({ sector: 17 })])).toEqual(['sectors.0.sector: the chip has sectors 0 to 15']);
  });

  it('has all sectors of a 4K but those of the directories, and the five of a Mini', () => {
    const onChip = (chip: '4k' | 'mini', tagSector: number) => exampleCardProfile('PIVC_MIFARE', { tag: { place: 'MIFARE', sector: tagSector }, mifare: { chip, publisherSector: 0, lock: { label: 'lock', version: 1 } } });
    expect(fieldsOf([sector({ sector: 17 }), sector({ sector: 32 }), sector({ sector: 39 })], onChip('4k', 15))).toEqual([]);
    expect(fieldsOf([sector({ sector: 16 })], onChip('4k', 15))).toEqual(['sectors.0.sector: sector 16 is reserved']);
    expect(fieldsOf([sector({ sector: 3 })], onChip('mini', 4))).toEqual([]);
    expect(fieldsOf([sector({ sector: 5 })], onChip('mini', 4))).toEqual(['sectors.0.sector: the chip has sectors 0 to 4']);
  });

  it('takes fifteen blocks in a large sector, three in a small one', () => {
    const card4k = exampleCardProfile('PIVC_MIFARE', { mifare: { chip: '4k', publisherSector: 0, lock: { label: 'lock', version: 1 } } });
    const data = [{ offset: 224, length: 16, encoding: 'hex', hex: '00'.repeat(16) }] as const;
    expect(fieldsOf([sector({ sector: 32, data: [...data] })], card4k)).toEqual([]);
    expect(fieldsOf([sector({ sector: 31, data: [...data] })], card4k)).toEqual(['sectors.0.data: hex at 224: the field leaves the sector']);
  });

  it('uses a sector once and a byte once', () => {
    expect(fieldsOf([sector({}), sector({})])).toEqual(['sectors.1.sector: sector 2 is used twice']);
    const data = [{ offset: 0, length: 4, encoding: 'hex', hex: '00000000' }, { offset: 3, length: 1, encoding: 'hex', hex: '01' }] as const;
    expect(fieldsOf([sector({ data: [...data] })])).toEqual(['sectors.0.data.1: the field lies over another']);
  });

  it('has room for the longest value', () => {
    expect(fieldsOf([sector({ data: [{ offset: 0, length: 23, encoding: 'ascii', value: 'orderId', pad: 0 }] })])).toEqual(['sectors.0.data: ascii at 0: the value is too long']);
  });
});
