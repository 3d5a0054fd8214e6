import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeAccessBits, ONLY_B } from '../../../../drivers/codec/access-bits.ts';
import type { KeyCustody } from '../../../../drivers/contracts/keys.ts';
import { eraseTag } from '../../../../drivers/mifare-classic/card-marks.ts';
import { encodeMifare } from '../../../../drivers/mifare-classic/encoder.ts';
import type { MifareJob } from '../../../../drivers/mifare-classic/job.ts';
import { readBackMifare } from '../../../../drivers/mifare-classic/read-back.ts';
import { restoreMifareCard } from '../../../../simulator/card/mifare-card.ts';
import type { ChipSnapshot } from '../../../../simulator/card/simulated-chip.ts';
import { tornWrite } from '../../../../simulator/card/mifare-ailments.ts';
import { presentStorageCard } from '../../../../simulator/reader/storage-card.ts';
import { benchCard, BenchChannel, LIMIT, OMNIKEY, openCustody, RecordedIntents, sampleJob, UID } from './mifare-bench.ts';

let token: Awaited<ReturnType<typeof openCustody>>;
let keys: KeyCustody;

beforeAll(async () => {
  token = await openCustody();
  keys = token.custody;
});

afterAll(async () => {
  await token[Symbol.asyncDispose]();
});

const FOREIGN_KEY = '0102030405060F';

/** A chip with some blocks other than a blank has them, before anything of ours touched it. */
function tampered(change: (blocks: string[]) => void, uid = UID) {
  const snapshot = benchCard({ uid }).card.snapshot();
  const blocks = [...(snapshot.memory as readonly string[])];
  change(blocks);
  const changed: ChipSnapshot = { ...snapshot, memory: blocks };
  const card = restoreMifareCard(changed, { onChange: () => undefined });
  return { card, insert: () => ({ reader: OMNIKEY, channel: new BenchChannel(presentStorageCard(card.chip, OMNIKEY)) }) };
}

async function refusal(chip: ReturnType<typeof tampered>, job: MifareJob = sampleJob()): Promise<{ readonly code: unknown; readonly note: unknown }> {
  const before = chip.card.chip.dump();
  const fault: unknown = await encodeMifare(job, chip.insert(), keys, new RecordedIntents(), LIMIT).catch((error: unknown) => error);
  expect(chip.card.chip.dump(), 'nothing was written').toEqual(before);
  await expect(readBackMifare(job, chip.insert(), keys, LIMIT)).rejects.toThrow();
  return { code: (fault as { code?: unknown }).code, note: (fault as { detail?: { note?: unknown } }).detail?.note };
}

const trailer = (keyA: string, access: string, keyB: string): string => `${keyA}${access}69${keyB}`;

describe('a chip that is not a blank', () => {
  it.each([
    ['a foreign key in one sector', (blocks: string[]) => (blocks[31] = trailer(FOREIGN_KEY.slice(0, 12), 'FF0780', 'FFFFFFFFFFFF')), 'sectors 7 are not as delivered'],
    ['other access bits under the transport key', (blocks: string[]) => (blocks[31] = trailer('FFFFFFFFFFFF', '7F0788', 'FFFFFFFFFFFF')), 'sectors 7 are not as delivered'],
    ['a sector locked for ever', (blocks: string[]) => (blocks[31] = trailer('FFFFFFFFFFFF', 'FF0781', 'FFFFFFFFFFFF')), 'sectors 7 are not as delivered'],
    ['a directory', (blocks: string[]) => (blocks[1] = 'CE000000000000000000000000000000'), 'sectors 0 hold data (blocks 1)'],
    ['data in sectors that nobody uses', (blocks: string[]) => { blocks[28] = `${'00'.repeat(15)}01`; blocks[30] = 'FF'.repeat(16); blocks[44] = '80'.repeat(16); }, 'sectors 7, 11 hold data (blocks 28, 30, 44)'],
    ["data beside the tag in the tag's sector", (blocks: string[]) => (blocks[62] = `${'00'.repeat(8)}01${'00'.repeat(7)}`), 'sectors 15 hold data (blocks 62)'],
    ["data that is no tag in the tag's place", (blocks: string[]) => (blocks[60] = '41'.repeat(16)), 'sectors 15 hold data (blocks 60)'],
    ['a value block', (blocks: string[]) => (blocks[17] = '87D6120078' + '29EDFF87D6120011EE11EE'), 'sectors 4 hold data (blocks 17)'],
    ['the maker data of a clone', (blocks: string[]) => (blocks[0] = `${UID}900804006263646566676869`), 'block 0: fudan'],
    ['a wrong check byte', (blocks: string[]) => (blocks[0] = `${UID}910804000046592558491023`), 'block 0: check-byte'],
    ['the memory of a 4K', (blocks: string[]) => (blocks[0] = `${UID}901802000046592558491023`), 'block 0: chip-type'],
  ])('is refused: %s', async (_, change, note) => {
    expect(await refusal(tampered(change))).toEqual({ code: 'ENC-WRONG-BLANK', note });
  });

  it('is refused when its UID is random', async () => {
    expect(await refusal(tampered(() => undefined, '081B2C3D'), sampleJob({ uid: '081B2C3D' }))).toEqual({ code: 'ENC-WRONG-BLANK', note: 'block 0: random-uid' });
  });

  it('is refused when another chip was identified', async () => {
    const chip = tampered(() => undefined, '11223344');
    await expect(encodeMifare(sampleJob(), chip.insert(), keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code: 'QC-CROSSCHECK' });
    await expect(readBackMifare(sampleJob(), chip.insert(), keys, LIMIT)).rejects.toMatchObject({ code: 'QC-CROSSCHECK' });
  });
});

describe('a chip of another attempt', () => {
  const other = sampleJob({ tag: { sector: 15, orderId: 'KV-2026-000016', attempt: 1 } });

  it.each([20, 84, 133, 193])('that was left at command %i is refused as used', async (at) => {
    const bench = benchCard();
    await encodeMifare(other, bench.insert({ at, when: 'after' }), keys, new RecordedIntents(), LIMIT).catch(() => undefined);
    const before = bench.card.chip.dump();
    const outcome = encodeMifare(sampleJob(), bench.insert(), keys, new RecordedIntents(), LIMIT);
    if (at < 84) await expect(outcome, 'nothing was written yet: it is still a blank').resolves.toMatchObject({ uid: UID });
    else await expect(outcome).rejects.toMatchObject({ code: 'ENC-UID-USED' });
    if (at >= 84) expect(bench.card.chip.dump()).toEqual(before);
  });

  it("is refused even where its tag cannot be read because the tag's trailer was torn", async () => {
    const plain = { sectors: [], publisherSector: 0 };
    const tagTrailer = 2 + 14;
    const bench = benchCard({ behaviours: [tornWrite(tagTrailer, 6, 'old')] });
    await encodeMifare({ ...other, ...plain }, bench.insert(), keys, new RecordedIntents(), LIMIT).catch(() => undefined);
    expect(bench.card.chip.dump()[63]).toMatch(/^(?!F{12}).{12}FF078069F{12}$/);
    await expect(encodeMifare(sampleJob(plain), bench.insert(), keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code: 'ENC-VERIFY', detail: { data: { sector: 15 } } });
    await expect(encodeMifare({ ...other, ...plain }, bench.insert(), keys, new RecordedIntents(), LIMIT)).resolves.toMatchObject({ uid: UID });
  });

  it('that was finished, with and without its tag, is refused', async () => {
    const bench = benchCard();
    await encodeMifare(other, bench.insert(), keys, new RecordedIntents(), LIMIT);
    await expect(encodeMifare(sampleJob(), bench.insert(), keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code: 'ENC-UID-USED' });
    await eraseTag(other, bench.insert(), keys, new RecordedIntents(), LIMIT);
    await expect(encodeMifare(sampleJob({ keepTag: true }), bench.insert(), keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code: 'ENC-UID-USED' });
  });
});

describe('a finished card that was changed afterwards', () => {
  const finished = async () => {
    const bench = benchCard();
    await encodeMifare(sampleJob(), bench.insert(), keys, new RecordedIntents(), LIMIT);
    return bench.card.snapshot();
  };

  it('does not read back: every single block matters', async () => {
    const snapshot = await finished();
    const blocks = snapshot.memory as readonly string[];
    const proven = blocks.flatMap((_, block) => (block % 4 === 3 || [1, 2, 20, 21, 22, 60, 61].includes(block) ? [block] : []));
    for (const block of proven) {
      const flipped = Buffer.from(blocks[block] ?? '', 'hex').map((byte, index) => (index === 2 || index === 12 ? byte ^ 0x10 : byte));
      const card = restoreMifareCard({ ...snapshot, memory: blocks.with(block, Buffer.from(flipped).toString('hex')) }, { onChange: () => undefined });
      const channel = new BenchChannel(presentStorageCard(card.chip, OMNIKEY));
      await expect(readBackMifare(sampleJob(), { reader: OMNIKEY, channel }, keys, LIMIT), `block ${block}`).rejects.toMatchObject({ code: 'ENC-VERIFY' });
    }
  });

  it('does not read back when one key B still is the transport key', async () => {
    const snapshot = await finished();
    const blocks = snapshot.memory as readonly string[];
    for (let sector = 0; sector < 16; sector += 1) {
      const block = sector * 4 + 3;
      const open = `${blocks[block]?.slice(0, 20)}FFFFFFFFFFFF`;
      const card = restoreMifareCard({ ...snapshot, memory: blocks.with(block, open) }, { onChange: () => undefined });
      const channel = new BenchChannel(presentStorageCard(card.chip, OMNIKEY));
      await expect(readBackMifare(sampleJob(), { reader: OMNIKEY, channel }, keys, LIMIT), `sector ${sector}`).rejects.toMatchObject({ code: 'ENC-VERIFY', detail: { data: { sector } } });
    }
  });

  it('is not what another job wants', async () => {
    const card = restoreMifareCard(await finished(), { onChange: () => undefined });
    const [company] = sampleJob().sectors;
    if (company === undefined) throw new Error('the sample job has a company sector');
    const other = sampleJob({ sectors: [{ ...company, blocks: company.blocks.with(0, new Uint8Array(16)) }] });
    const insert = () => ({ reader: OMNIKEY, channel: new BenchChannel(presentStorageCard(card.chip, OMNIKEY)) });
    await expect(readBackMifare(other, insert(), keys, LIMIT)).rejects.toMatchObject({ code: 'ENC-VERIFY', detail: { data: { sector: 5 } } });
    await expect(encodeMifare(other, insert(), keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code: 'ENC-VERIFY' });
    const relocked = sampleJob({ sectors: [{ ...company, access: ONLY_B }] });
    expect(Buffer.from(encodeAccessBits(ONLY_B)).toString('hex')).toBe('0f00ff');
    await expect(readBackMifare(relocked, insert(), keys, LIMIT)).rejects.toMatchObject({ code: 'ENC-VERIFY', detail: { data: { sector: 5 } } });
  });
});
