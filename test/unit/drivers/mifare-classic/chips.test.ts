import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeDirectory } from '../../../../drivers/codec/mad.ts';
import { sectorCount, trailerBlock, type MifareChip } from '../../../../drivers/codec/mifare-layout.ts';
import { classicChip, parseStorageCardAtr, storageCardAtr } from '../../../../drivers/codec/storage-card-atr.ts';
import { encodeMifare } from '../../../../drivers/mifare-classic/encoder.ts';
import type { MifareJob } from '../../../../drivers/mifare-classic/job.ts';
import { readBackMifare } from '../../../../drivers/mifare-classic/read-back.ts';
import { presentStorageCard } from '../../../../simulator/reader/storage-card.ts';
import { benchCard, LIMIT, OMNIKEY, openCustody, RecordedIntents, sampleJob } from './mifare-bench.ts';

let token: Awaited<ReturnType<typeof openCustody>>;
beforeAll(async () => { token = await openCustody(); });
afterAll(() => token[Symbol.asyncDispose]());

const [company] = sampleJob().sectors;
if (company === undefined) throw new Error('the sample job has a company sector');

/** Chip, UID, the company's sectors, the tag's sector, and whether a second directory is there. */
const CHIPS: readonly (readonly [MifareChip, string, readonly number[], number])[] = [
  ['mini', '9A1B2C3D', [2], 4],
  ['mini', '04A1B2C3D4E5F6', [1, 3], 4],
  ['1k', '04A1B2C3D4E5F6', [1, 14], 15],
  ['2k', '04A1B2C3D4E5F6', [5, 17, 31], 30],
  ['4k', '9A1B2C3D', [5, 31, 32, 38], 39],
];

function jobFor(chip: MifareChip, uid: string, sectors: readonly number[], tagSector: number): MifareJob {
  const blocksOf = (sector: number) => Array.from({ length: sector < 32 ? 3 : 15 }, (_, index) => new Uint8Array(16).fill(sector + index));
  return sampleJob({
    chip, uid, keepTag: true,
    tag: { sector: tagSector, orderId: 'KV-1', attempt: 1 },
    sectors: sectors.map((sector, index) => ({ ...(company as NonNullable<typeof company>), sector, aid: ['5189', '518A', '518B', '518C'][index] ?? '5189', blocks: blocksOf(sector) })),
    publisherSector: sectors[0] ?? 0,
  });
}

describe.each(CHIPS)('a %s with UID %s', (chip, uid, sectors, tagSector) => {
  it(`takes company sectors ${sectors.join(', ')}, reads back, and keeps no transport key`, async () => {
    const bench = benchCard({ chip, uid });
    const job = jobFor(chip, uid, sectors, tagSector);
    const { digest } = await encodeMifare(job, bench.insert(), token.custody, new RecordedIntents(), LIMIT);
    expect(await readBackMifare(job, bench.insert(), token.custody, LIMIT)).toMatchObject({ digest, publisherSector: sectors[0], tag: { orderId: 'KV-1', attempt: 1 } });
    const blocks = bench.card.chip.dump();
    const trailers = Array.from({ length: sectorCount(chip) }, (_, sector) => blocks[trailerBlock(sector)] ?? '');
    expect(trailers.filter((trailer) => trailer.includes('FF0780') || trailer.includes('FFFFFFFFFFFF'))).toEqual([]);
    const secret = [...trailers.slice(1).map((trailer) => trailer.slice(0, 12)), ...trailers.map((trailer) => trailer.slice(20))];
    expect(new Set(secret).size).toBe(secret.length);
  });

  it('names its sectors in the directories', async () => {
    const bench = benchCard({ chip, uid });
    await encodeMifare(jobFor(chip, uid, sectors, tagSector), bench.insert(), token.custody, new RecordedIntents(), LIMIT);
    const blocks = bench.card.chip.dump();
    const bytes = (from: number, to: number) => Uint8Array.from(Buffer.from(blocks.slice(from, to).join(''), 'hex'));
    const first = decodeDirectory(bytes(1, 3), 1);
    const second = sectorCount(chip) > 16 ? decodeDirectory(bytes(64, 67), 2) : null;
    const aidOf = (sector: number): string | undefined => (sector < 16 ? first?.aids[sector - 1] : second?.aids[sector - 17]);
    expect(sectors.map(aidOf)).toEqual(['5189', '518A', '518B', '518C'].slice(0, sectors.length));
    expect(aidOf(tagSector)).toBe('0002');
    expect(blocks[3]?.slice(18, 20)).toBe(second === null ? 'C1' : 'C2');
  });
});

describe('a MIFARE Plus in security level 1', () => {
  it.each([['2k', 'plus-sl1-2k', '5D'], ['4k', 'plus-sl1-4k', '5C']] as const)('with %s is known by the ATR %s and works as Classic', (chip, name, checkByte) => {
    const { card } = benchCard({ chip, uid: '04A1B2C3D4E5F6' });
    const face = presentStorageCard(card.chip, OMNIKEY, new Map(), name);
    expect(Buffer.from(face.atr)).toEqual(Buffer.from(storageCardAtr(name)));
    expect(Buffer.from(face.atr).toString('hex').toUpperCase().slice(-2)).toBe(checkByte);
    const parsed = parseStorageCardAtr(face.atr);
    expect(parsed === null ? null : classicChip(parsed)).toBe(chip);
  });
});
