import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ONLY_B, READ_A_WRITE_B } from '../../../../drivers/codec/access-bits.ts';
import { decodeDirectory } from '../../../../drivers/codec/mad.ts';
import type { KeyCustody } from '../../../../drivers/contracts/keys.ts';
import { eraseTag, identifyMifare, readMifareTag } from '../../../../drivers/mifare-classic/card-marks.ts';
import { encodeMifare } from '../../../../drivers/mifare-classic/encoder.ts';
import type { MifareJob } from '../../../../drivers/mifare-classic/job.ts';
import { readBackMifare } from '../../../../drivers/mifare-classic/read-back.ts';
import { wornBlock } from '../../../../simulator/card/mifare-ailments.ts';
import { ACR122, benchCard, LIMIT, OMNIKEY, openCustody, RecordedIntents, sampleJob, UID, type BenchCard } from './mifare-bench.ts';

let token: Awaited<ReturnType<typeof openCustody>>;
let keys: KeyCustody;

beforeAll(async () => {
  token = await openCustody();
  keys = token.custody;
});

afterAll(async () => {
  await token[Symbol.asyncDispose]();
});

const encode = (job: MifareJob, bench: BenchCard, intents = new RecordedIntents()) => encodeMifare(job, bench.insert(), keys, intents, LIMIT);
const readBack = (job: MifareJob, bench: BenchCard) => readBackMifare(job, bench.insert(), keys, LIMIT);
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const trailers = (bench: BenchCard): readonly string[] => bench.card.chip.dump().filter((_, block) => block % 4 === 3);

describe('a fresh blank', () => {
  it.each([OMNIKEY, ACR122, 'ACS ACR1281 1S Dual Reader 00 01', 'Identiv uTrust 3700 F CL Reader 00 00', 'A reader nobody knows 00 00'])('is encoded and read back through %s', async (reader) => {
    const bench = benchCard({ reader });
    const job = sampleJob();
    expect(await identifyMifare(bench.insert(), LIMIT)).toEqual({ uid: UID, block0: '9A1B2C3D900804000046592558491023' });
    const encoding = await encode(job, bench);
    expect(encoding).toMatchObject({ uid: UID, alreadyDone: [] });
    const report = await readBack(job, bench);
    expect(report.digest).toBe(encoding.digest);
    expect(report).toMatchObject({ uid: UID, publisherSector: 5, tag: { orderId: 'KV-2026-000017', attempt: 1 } });
    expect(report.sectors.map((sector) => sector.purpose)).toEqual(['directory', 'locked', 'locked', 'locked', 'locked', 'company', ...new Array<string>(9).fill('locked'), 'tag']);
  });

  it('ends with no transport key, no well-known key B and no key twice anywhere', async () => {
    const bench = benchCard();
    await encode(sampleJob(), bench);
    const found = trailers(bench);
    const secret = [...found.slice(1).map((trailer) => trailer.slice(0, 12)), ...found.map((trailer) => trailer.slice(20))];
    expect(new Set(secret).size).toBe(31);
    expect(secret).not.toContain('FFFFFFFFFFFF');
    expect(found[0]).toMatch(/^A0A1A2A3A4A5787788C1/);
    expect(found[5]).toMatch(/^.{12}78778869/);
    expect(found.filter((_, sector) => sector !== 0 && sector !== 5).every((trailer) => trailer.slice(12, 20) === '0F00FF69')).toBe(true);
  });

  it('carries data, directory and tag where the job puts them', async () => {
    const bench = benchCard();
    const job = sampleJob({ keepTag: true });
    await encode(job, bench);
    const blocks = bench.card.chip.dump();
    expect(bytes(blocks.slice(20, 23).join(''))).toEqual(Uint8Array.from(job.sectors[0]?.blocks.flatMap((block) => [...block]) ?? []));
    const aids = new Array<string>(15).fill('0000').with(4, '5189').with(14, '0002');
    expect(decodeDirectory(bytes(`${blocks[1]}${blocks[2]}`), 1)).toEqual({ version: 1, publisherSector: 5, aids });
    expect(Buffer.from(bytes(blocks[60] ?? '')).toString('latin1')).toContain('KV-2026-000017');
  });

  it('costs 208 commands, 46 of them to look at its data blocks, its read-back 91', async () => {
    const bench = benchCard();
    const writing = bench.insert();
    await encodeMifare(sampleJob(), writing, keys, new RecordedIntents(), LIMIT);
    const reading = bench.insert();
    await readBackMifare(sampleJob(), reading, keys, LIMIT);
    expect([writing.channel.sent.length, reading.channel.sent.length]).toEqual([208, 91]);
  });

  it('takes a 4K with both directories and a large sector, and a 7-byte UID', async () => {
    const uid = '04A1B2C3D4E5F6';
    const bench = benchCard({ chip: '4k', uid });
    const [company] = sampleJob().sectors;
    if (company === undefined) throw new Error('the sample job has a company sector');
    const large = { ...company, sector: 33, aid: '518C', access: ONLY_B, blocks: Array.from({ length: 15 }, (_, index) => new Uint8Array(16).fill(index)) };
    const job = sampleJob({ chip: '4k', uid, sectors: [company, large], tag: { sector: 39, orderId: 'A', attempt: 2 }, publisherSector: 33 });
    const { digest } = await encode(job, bench);
    expect(await readBack(job, bench)).toMatchObject({ digest, publisherSector: 33, tag: { orderId: 'A', attempt: 2 } });
    const blocks = bench.card.chip.dump();
    expect(decodeDirectory(bytes(blocks.slice(64, 67).join('')), 2)?.aids[33 - 17]).toBe('518C');
    expect([blocks[3], blocks[67]].map((trailer) => trailer?.slice(12, 20))).toEqual(['787788C2', '787788C2']);
  });
});

describe('the journal', () => {
  it('hears of the tag first, of every trailer before it is written, the directory last', async () => {
    const bench = benchCard();
    const intents = new RecordedIntents();
    await encode(sampleJob(), bench, intents);
    const acts = intents.begun.map(({ act }) => act);
    expect(acts.slice(0, 2)).toEqual(['tag', 'trailer 5']);
    expect(acts.slice(-2)).toEqual(['trailer 15', 'trailer 0']);
    expect(new Set(acts).size).toBe(17);
    expect(intents.done).toEqual(intents.begun);
    expect(intents.begun[1]).toEqual({ step: 'mifare', effect: 'repeatable', act: 'trailer 5', data: { sector: 5, keyA: 'company-a#1', keyB: 'company-b#1' } });
  });

  it('stops the encoder before the write when it cannot record', async () => {
    const bench = benchCard();
    const before = bench.card.chip.dump();
    const refusing = { intend: () => Promise.reject(new Error('the journal is closed')), achieved: () => Promise.resolve(), keep: () => Promise.resolve(), kept: () => Promise.resolve(null) };
    await expect(encodeMifare(sampleJob(), bench.insert(), keys, refusing, LIMIT)).rejects.toThrow('the journal is closed');
    expect(bench.card.chip.dump()).toEqual(before);
  });
});

describe('the tag', () => {
  const place = { sector: 15, lock: { label: 'card-lock', version: 1 } };
  const tagOf = (bench: BenchCard) => readMifareTag(bench.insert(), keys, place, LIMIT);

  it.each([OMNIKEY, ACR122])('is read from a blank, a half-made and a finished card, and erased (%s)', async (reader) => {
    const bench = benchCard({ reader });
    const job = sampleJob();
    expect(await tagOf(bench)).toEqual({ uid: UID, tag: null });
    await expect(encodeMifare(job, bench.insert({ at: 110, when: 'before' }), keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code: 'LNK-CARD-GONE' });
    expect(await tagOf(bench)).toEqual({ uid: UID, tag: { orderId: 'KV-2026-000017', attempt: 1 } });
    const { digest } = await encode(job, bench);
    expect(await tagOf(bench)).toEqual({ uid: UID, tag: { orderId: 'KV-2026-000017', attempt: 1 } });
    const intents = new RecordedIntents();
    await eraseTag(job, bench.insert(), keys, intents, LIMIT);
    expect(intents.done.map(({ act }) => act)).toEqual(['erase tag']);
    expect(await tagOf(bench)).toEqual({ uid: UID, tag: null });
    expect(await readBack(job, bench)).toMatchObject({ digest, tag: null });
    expect((await encode(job, bench)).alreadyDone).toHaveLength(16);
  });

  it('stays, and its absence is a fault, when the profile keeps it', async () => {
    const bench = benchCard();
    const job = sampleJob({ keepTag: true });
    await encode(job, bench);
    await expect(eraseTag(job, bench.insert(), keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code: 'STA-BUG' });
    const erasing = benchCard();
    await encode(sampleJob(), erasing);
    await eraseTag(sampleJob(), erasing.insert(), keys, new RecordedIntents(), LIMIT);
    await expect(readBack(job, erasing)).rejects.toMatchObject({ code: 'ENC-VERIFY' });
  });
});

describe('a chip with a worn block', () => {
  it.each([
    ['the tag', 61, { code: 'ENC-VERIFY', detail: { data: { sector: 15, block: 61 } } }],
    ['company data', 21, { code: 'ENC-VERIFY', detail: { data: { sector: 5, block: 21 } } }],
    ['a trailer', 47, { code: 'ENC-PARTIAL', detail: { data: { sectors: '11' } } }],
    ['the directory', 1, { code: 'ENC-VERIFY', detail: { data: { sector: 0, block: 1 } } }],
    ['the trailer of the directory', 3, { code: 'ENC-PARTIAL', detail: { data: { sectors: '0' } } }],
  ])('in %s is found out, on the next try too, and never reads back as good', async (_, block, fault) => {
    const bench = benchCard({ behaviours: [wornBlock(block)] });
    await expect(encode(sampleJob(), bench)).rejects.toMatchObject(fault);
    await expect(encode(sampleJob(), bench)).rejects.toMatchObject(fault);
    await expect(readBack(sampleJob(), bench)).rejects.toMatchObject({ code: 'ENC-VERIFY' });
  });
});

describe('a job that cannot be', () => {
  const [company] = sampleJob().sectors;
  const wrong: readonly [string, Partial<MifareJob>, string][] = [
    ['uid', { uid: '9a1b2c3d' }, 'ENC-PROFILE-INVALID'],
    ['tag sector taken', { tag: { sector: 5, orderId: 'A', attempt: 1 } }, 'ENC-PROFILE-INVALID'],
    ['tag in the directory', { tag: { sector: 0, orderId: 'A', attempt: 1 } }, 'ENC-PROFILE-INVALID'],
    ['no such sector', { tag: { sector: 16, orderId: 'A', attempt: 1 } }, 'ENC-PROFILE-INVALID'],
    ['order id too long', { tag: { sector: 15, orderId: 'A'.repeat(25), attempt: 1 } }, 'ORD-TEXT-TOO-LONG'],
    ['publisher elsewhere', { publisherSector: 6 }, 'ENC-PROFILE-INVALID'],
    ['blocks missing', { sectors: company === undefined ? [] : [{ ...company, blocks: company.blocks.slice(1) }] }, 'ENC-PROFILE-INVALID'],
    ['administration AID', { sectors: company === undefined ? [] : [{ ...company, aid: '0001' }] }, 'ENC-PROFILE-INVALID'],
    ['readable key B', { sectors: company === undefined ? [] : [{ ...company, access: { ...READ_A_WRITE_B, trailer: { writeKeyA: 'A', readAccess: 'A', writeAccess: 'A', readKeyB: 'A', writeKeyB: 'A' } } }] }, 'ENC-PROFILE-INVALID'],
  ];
  it.each(wrong)('is refused before the card is touched: %s', async (_, changes, code) => {
    const bench = benchCard();
    const reader = bench.insert();
    await expect(encodeMifare(sampleJob(changes), reader, keys, new RecordedIntents(), LIMIT)).rejects.toMatchObject({ code });
    expect(reader.channel.sent).toHaveLength(0);
  });
});
