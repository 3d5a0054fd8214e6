import { describe, expect, it } from 'vitest';
import { classicChip, isStorageCardAtr, parseStorageCardAtr, storageCardAtr, type StorageCardName } from '../../../../drivers/codec/storage-card-atr.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

const ATRS: readonly [StorageCardName, string, ReturnType<typeof classicChip>][] = [
  ['mifare-1k', '3B8F8001804F0CA000000306030001000000006A', '1k'],
  ['mifare-4k', '3B8F8001804F0CA0000003060300020000000069', '4k'],
  ['plus-sl1-2k', '3B8F8001804F0CA000000306030036000000005D', '2k'],
  ['plus-sl1-4k', '3B8F8001804F0CA000000306030037000000005C', '4k'],
];

describe('the ATR of a storage card', () => {
  it.each(ATRS)('%s is %s', (name, atr, chip) => {
    expect(Buffer.from(storageCardAtr(name)).toString('hex').toUpperCase()).toBe(atr);
    expect(parseStorageCardAtr(bytes(atr))).toBe(name);
    expect(classicChip(name)).toBe(chip);
  });

  it('is not the ATR of a chip card, a damaged one, or an unknown name', () => {
    const pivCard = '3BFD1300008131FE158073C021C057597562694B657940';
    for (const atr of ['', '3B', pivCard, '3B8F8001804F0CA000000306030001000000006B']) {
      expect(isStorageCardAtr(bytes(atr))).toBe(false);
      expect(parseStorageCardAtr(bytes(atr))).toBeNull();
    }
    const unknown = bytes('3B8F8001804F0CA0000003060300FF0000000094');
    expect([isStorageCardAtr(unknown), parseStorageCardAtr(unknown)]).toEqual([true, null]);
  });
});
