import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeySet } from '../../../../drivers/codec/access-bits.ts';
import { encodeValueBlock } from '../../../../drivers/codec/mifare-value.ts';
import type { KeyCustody } from '../../../../drivers/contracts/keys.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { eraseTag } from '../../../../drivers/mifare-classic/card-marks.ts';
import { encodeMifare } from '../../../../drivers/mifare-classic/encoder.ts';
import { readBackMifare } from '../../../../drivers/mifare-classic/read-back.ts';
import { openMifareSession } from '../../../../drivers/mifare-classic/session.ts';
import { readerPersonality } from '../../../../simulator/reader/reader-personality.ts';
import { benchCard, LIMIT, openCustody, RecordedIntents, sampleJob, UID } from './mifare-bench.ts';

/** A reader of every family of cards.md 1.3 by its PC/SC name, the family that plays it, and whether it changes values. */
const FAMILIES: readonly (readonly [string, string, boolean])[] = [
  ['OMNIKEY CardMan 5x21-CL 00 00', 'OMNIKEY 5x21', true],
  ['OMNIKEY CardMan 5321 00 00', 'OMNIKEY 5x21', true],
  ['HID Global OMNIKEY 5022 Smart Card Reader 00 00', 'OMNIKEY 5022', true],
  ['HID Global OMNIKEY 5122 Smartcard Reader 00 00', 'OMNIKEY 5122 with older firmware', true],
  ['HID Global OMNIKEY 5027CK CL Reader 00 00', 'OMNIKEY 5022', true],
  ['ACS ACR122U PICC Interface 00 00', 'ACR122', true],
  ['ACS ACR1252 1S CL Reader PICC 00 00', 'ACR122', true],
  ['ACS ACR1281 1S Dual Reader 00 01', 'ACR1281', true],
  ['Identiv uTrust 3700 F CL Reader 00 00', 'Identiv', true],
  ['SCM Microsystems Inc. SCL3711 reader 00 00', 'SCM', true],
  ['SpringCard H663 Contactless 00 00', 'SpringCard', false],
  ['Cherry TC 1300 00 00', 'Cherry', true],
  ['Feitian R502 Contactless Reader 00 00', 'Feitian', true],
  ['A reader nobody knows 00 00', 'generic', true],
];

let token: Awaited<ReturnType<typeof openCustody>>;
let keys: KeyCustody;
beforeAll(async () => {
  token = await openCustody();
  keys = token.custody;
});
afterAll(() => token[Symbol.asyncDispose]());

const transport = (): Secret => Secret.take(new Uint8Array(6).fill(0xff));
const setOf = (read: KeySet, write: KeySet) => ({ read, write, increment: write, decrement: read });

describe.each(FAMILIES)('%s', (reader, family, changesValues) => {
  it(`is played as ${family}`, () => {
    expect(readerPersonality(reader).family).toBe(family);
  });

  it('issues a whole card and reads it back', async () => {
    const bench = benchCard({ reader });
    const job = sampleJob();
    const { digest } = await encodeMifare(job, bench.insert(), keys, new RecordedIntents(), LIMIT);
    await eraseTag(job, bench.insert(), keys, new RecordedIntents(), LIMIT);
    expect(await readBackMifare(job, bench.insert(), keys, LIMIT)).toMatchObject({ uid: UID, digest, tag: null });
    expect(bench.card.chip.dump().filter((block) => /FF0780/.test(block))).toEqual([]);
  });

  it(changesValues ? 'changes a value block both ways' : 'says that no command for value blocks is known', async () => {
    using session = await openMifareSession(benchCard({ reader }).insert(), LIMIT);
    using key = transport();
    expect(await session.authenticate(1, 'A', key)).toBe(true);
    expect(await session.write(5, encodeValueBlock({ value: 1000, address: 5 }))).toBe(true);
    if (!changesValues) {
      await expect(session.changeValue(5, 'increment', 1)).rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
      return;
    }
    expect(await session.changeValue(5, 'increment', 500)).toEqual({ value: 1500, address: 5 });
    expect(await session.changeValue(5, 'decrement', 1501)).toEqual({ value: -1, address: 5 });
    expect(await session.changeValue(4, 'increment', 1), 'not a value block').toBeNull();
  });
});

describe('a copy of a value block', () => {
  it.each(FAMILIES)('on %s: restored and transferred where the maker has a command, refused before anything is sent where none is known', async (reader) => {
    const card = benchCard({ reader }).insert();
    using session = await openMifareSession(card, LIMIT);
    using key = transport();
    expect(await session.authenticate(1, 'A', key)).toBe(true);
    expect(await session.write(5, encodeValueBlock({ value: 1000, address: 5 }))).toBe(true);
    const before = card.channel.sent.length;
    if (/^ACS|Feitian/.test(reader)) {
      expect(await session.copyValue(5, 6)).toEqual({ value: 1000, address: 5 });
      expect(await session.copyValue(4, 6), 'not a value block').toBeNull();
      expect(await session.readValue(6)).toEqual({ value: 1000, address: 5 });
    } else {
      await expect(session.copyValue(5, 6)).rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
      expect(card.channel.sent.length).toBe(before);
    }
  });
});

describe('a value block of a company', () => {
  it('takes what its access conditions allow: B adds, A only takes away', async () => {
    const reader = 'ACS ACR122U PICC Interface 00 00';
    const bench = benchCard({ reader });
    const [company] = sampleJob().sectors;
    if (company === undefined) throw new Error('the sample job has a company sector');
    const purse = { ...setOf('AB', 'B'), decrement: 'AB' } as const;
    const job = sampleJob({ sectors: [{ ...company, blocks: [encodeValueBlock({ value: 100, address: 20 }), ...company.blocks.slice(1)], access: { ...company.access, data: [purse, company.access.data[1], company.access.data[2]] } }] });
    await encodeMifare(job, bench.insert(), keys, new RecordedIntents(), LIMIT);
    using session = await openMifareSession(bench.insert(), LIMIT);
    const open = async (slot: 'A' | 'B'): Promise<boolean> => {
      using key = await keys.sectorKey(slot === 'A' ? company.keyA : company.keyB, { uid: session.uid, aid: company.aid, sector: company.sector, slot });
      return await session.authenticate(company.sector, slot, key);
    };
    expect(await open('A')).toBe(true);
    expect(await session.changeValue(20, 'decrement', 30)).toEqual({ value: 70, address: 20 });
    expect(await session.changeValue(20, 'increment', 30), 'key A may not add').toBeNull();
    expect(await open('B')).toBe(true);
    expect(await session.changeValue(20, 'increment', 5)).toEqual({ value: 75, address: 20 });
    await expect(readBackMifare(job, bench.insert(), keys, LIMIT), 'the card is not as issued any more').rejects.toMatchObject({ code: 'ENC-VERIFY' });
  });

  it('is not trusted to a reader that exchanges the two commands', async () => {
    const bench = benchCard({ reader: 'SCM Microsystems Inc. SCL3711 reader 00 00' });
    const misnamed = { ...bench.insert(), reader: 'Identiv uTrust 3700 F CL Reader 00 00' };
    using session = await openMifareSession(misnamed, LIMIT);
    using key = transport();
    await session.authenticate(1, 'A', key);
    await session.write(5, encodeValueBlock({ value: 7, address: 5 }));
    await expect(session.changeValue(5, 'increment', 1)).rejects.toMatchObject({ code: 'ENC-VERIFY', detail: { data: { block: 5 } } });
  });
});
