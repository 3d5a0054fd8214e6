/** The MIFARE Classic chips by memory (MF1S50yyX, MF1S70yyX, MF1S20yyX); 2K is a MIFARE Plus in security level 1. */
export type MifareChip = 'mini' | '1k' | '2k' | '4k';

const SECTOR_COUNTS: Readonly<Record<MifareChip, number>> = { mini: 5, '1k': 16, '2k': 32, '4k': 40 };

export const MIFARE_BLOCK_BYTES = 16;

/** Number of sectors of a chip. */
export function sectorCount(chip: MifareChip): number {
  return SECTOR_COUNTS[chip];
}

/** The sector that holds a second application directory on chips with more than 16 sectors (AN10787 3.2). */
export const SECOND_DIRECTORY_SECTOR = 16;

/** Whether a chip has a second application directory. */
export function hasSecondDirectory(chip: MifareChip): boolean {
  return sectorCount(chip) > SECOND_DIRECTORY_SECTOR;
}

/** Number of blocks of a chip, trailers included. */
export function blockCount(chip: MifareChip): number {
  const sectors = sectorCount(chip);
  return firstBlock(sectors - 1) + blocksIn(sectors - 1);
}

/** Blocks of a sector, its trailer included: 4, or 16 from sector 32 on. */
export function blocksIn(sector: number): number {
  return sector < 32 ? 4 : 16;
}

/** Number of the first block of a sector. */
export function firstBlock(sector: number): number {
  return sector < 32 ? sector * 4 : 128 + (sector - 32) * 16;
}

/** Number of the trailer block of a sector. */
export function trailerBlock(sector: number): number {
  return firstBlock(sector) + blocksIn(sector) - 1;
}

/** The sector of a block. */
export function sectorOf(block: number): number {
  return block < 128 ? block >> 2 : 32 + ((block - 128) >> 4);
}

/** The access group (0 to 3; 3 is the trailer) of a block within its sector: in large sectors groups 0, 1, 2 cover five blocks each. */
export function accessGroup(block: number): number {
  const sector = sectorOf(block);
  const index = block - firstBlock(sector);
  if (index === blocksIn(sector) - 1) return 3;
  return blocksIn(sector) === 4 ? index : Math.trunc(index / 5);
}

/** Numbers of the data blocks of a sector that can be written: all but the trailer, and without block 0 in sector 0. */
export function dataBlocks(sector: number): readonly number[] {
  const first = firstBlock(sector);
  return Array.from({ length: blocksIn(sector) - 1 }, (_, index) => first + index).filter((block) => block !== 0);
}
