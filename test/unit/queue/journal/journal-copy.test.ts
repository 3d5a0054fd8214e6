import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { copyPathOf } from '../../../../queue/journal/journal-copy.ts';
import { openJournalReader } from '../../../../queue/journal/journal-reader.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';
import { attemptOf, claimed, goodCard } from '../../../support/queue/journal-entries.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

let folder: TemporaryFolder;
let path: string;

beforeEach(async () => {
  folder = await temporaryFolder('journal');
  path = join(folder.path, 'journal.sqlite');
});

afterEach(async () => folder[Symbol.asyncDispose]());

function open(): Journal {
  return openSqliteJournal({ path, clock: systemClock });
}

function copyLines(): readonly string[] {
  return readFileSync(copyPathOf(path), 'utf8').split('\n').slice(0, -1);
}

function writeCard(): void {
  using journal = open();
  for (const entry of goodCard('N1', 'U1')) journal.append(attemptOf('A'), entry);
}

describe('The text copy of a journal', () => {
  it('holds a header and one line of JSON for every record', () => {
    writeCard();
    const [header, ...lines] = copyLines().map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(Object.keys(header ?? {})).toEqual(['journal']);
    expect(lines.map((line) => (line['body'] as { seq: number }).seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is brought level at opening when its last lines were lost or torn', () => {
    writeCard();
    const whole = readFileSync(copyPathOf(path), 'utf8');
    for (const lost of [1, 40, whole.length - 30, whole.length]) {
      truncateSync(copyPathOf(path), whole.length - lost);
      open()[Symbol.dispose]();
      expect(readFileSync(copyPathOf(path), 'utf8')).toBe(whole);
    }
    rmSync(copyPathOf(path));
    open()[Symbol.dispose]();
    expect(readFileSync(copyPathOf(path), 'utf8')).toBe(whole);
  });

  it('is written anew when it cannot be read, and the damaged one is kept aside', () => {
    writeCard();
    const whole = readFileSync(copyPathOf(path), 'utf8');
    appendFileSync(copyPathOf(path), '\0\0\0\0\0\n');
    open()[Symbol.dispose]();
    expect(readFileSync(copyPathOf(path), 'utf8')).toBe(whole);
    expect(readFileSync(`${copyPathOf(path)}.damaged-1`, 'utf8')).toBe(`${whole}\0\0\0\0\0\n`);
  });

  it('stops a station whose journal was replaced by an older or an empty one', () => {
    writeCard();
    const older = readFileSync(path);
    using journal = open();
    journal.append(attemptOf('B'), claimed);
    journal[Symbol.dispose]();
    writeFileSync(path, older);
    expect(expectFault('JRN-BROKEN', open).detail.data).toEqual({ seq: 9 });
    rmSync(path);
    expectFault('JRN-BROKEN', open);
  });
});

describe('A reader of the journal', () => {
  it('reads the journal itself when nobody holds it', () => {
    writeCard();
    using reader = openJournalReader(path);
    expect(reader.source).toBe('journal');
    expect([...reader.records()].map((record) => record.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...reader.records('B')]).toEqual([]);
    expect(reader.verify()).toMatchObject({ records: 8, brokenAt: null });
  });

  it('reads the text copy while a station holds the journal, with the same records and head', () => {
    writeCard();
    using journal = open();
    const [last] = [journal.append(attemptOf('B'), claimed)];
    using reader = openJournalReader(path);
    expect(reader.source).toBe('copy');
    expect([...reader.records('B')]).toEqual([last]);
    expect([...reader.records()]).toEqual([...journal.recordsOf('A'), last]);
    expect(reader.verify()).toEqual(journal.verify());
  });

  it('finds a changed line of the text copy', () => {
    writeCard();
    using journal = open();
    const lines = copyLines();
    writeFileSync(copyPathOf(path), `${lines.map((line, index) => (index === 5 ? line.replace('U1', 'U2') : line)).join('\n')}\n`);
    using reader = openJournalReader(path);
    expect(reader.verify()).toMatchObject({ records: 4, brokenAt: 5 });
    expect(journal.verify().brokenAt).toBeNull();
  });

  it('says what is missing or no journal', () => {
    expectFault('FIL-MISSING', () => openJournalReader(path));
    writeFileSync(path, '');
    expectFault('JRN-BROKEN', () => openJournalReader(path));
    writeFileSync(path, 'x'.repeat(5_000));
    expectFault('JRN-BROKEN', () => openJournalReader(path));
    rmSync(path);
    writeCard();
    using journal = open();
    rmSync(copyPathOf(path));
    expectFault('JRN-IN-USE', () => openJournalReader(path));
    expect(journal.verify().records).toBe(8);
  });
});
