import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { nextHash } from '../../../../queue/journal/journal-chain.ts';
import type { ChainReport, Journal } from '../../../../queue/journal/journal.ts';
import { readStatements } from '../../../../queue/journal/journal-statements.ts';
import { journalVersion } from '../../../../queue/journal/journal-schema.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { verifyJournal } from '../../../../queue/journal/verify-journal.ts';
import { startProgram } from '../../../support/child-program.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';
import { attemptOf, claimed, goodCard } from '../../../support/queue/journal-entries.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const writer = 'test/support/queue/journal-writer';
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

function writeCards(count: number): void {
  using journal = open();
  for (let card = 1; card <= count; card += 1) {
    for (const entry of goodCard(`N${card}`, `U${card}`)) journal.append(attemptOf(`O${card}`), entry);
  }
}

/** Changes the file behind the journal's back, as a tamperer with SQLite's shell would. */
function tamper(sql: string): void {
  const db = new Database(path);
  db.exec(`drop trigger event_is_not_changed; drop trigger event_is_not_deleted; ${sql}`);
  db.close();
}

describe('A journal and its processes', () => {
  it('has every acknowledged record after its writer was killed', async () => {
    await using child = startProgram(writer, [path]);
    await child.untilLines(200);
    child.kill('SIGKILL');
    await child.ended();
    const acknowledged = Number(child.lines.at(-1));
    using journal = open();
    const records = journal.recordsOf('O').length;
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    expect(records).toBeGreaterThanOrEqual(acknowledged);
    expect(journal.verify()).toMatchObject({ records, brokenAt: null });
  });

  it('refuses a second process, also after a second opener in its own', async () => {
    using journal = open();
    expectFault('JRN-IN-USE', open);
    await using child = startProgram(writer, [path]);
    expect(await child.ended()).toBe(0);
    expect(child.lines).toEqual(['JRN-IN-USE']);
    journal.append(attemptOf('A'), claimed);
    expect(journal.verify().records).toBe(1);
  });

  it('ends with JRN-WRITE on a full disk, writes nothing after it, and loses nothing that it acknowledged', async () => {
    await using child = startProgram(writer, [path], { wrapper: ['sh', '-c', 'ulimit -f 4000; exec "$@"', 'sh'] });
    expect(await child.ended()).toBe(0);
    expect(child.lines.slice(-2)).toEqual(['JRN-WRITE', 'JRN-WRITE']);
    const acknowledged = child.lines.length - 2;
    using journal = open();
    expect(acknowledged).toBeGreaterThan(10);
    expect(journal.recordsOf('O').length).toBeGreaterThanOrEqual(acknowledged);
    expect(journal.verify().brokenAt).toBeNull();
  });
});

describe('A journal that was tampered with', () => {
  const tamperings: readonly (readonly [string, string, number, RegExp])[] = [
    ['a changed body', `update event set body = replace(body, 'U1', 'U9') where seq = 5`, 5, /hash of record 5/],
    ['a changed column', `update event set order_id = 'O9' where seq = 3`, 3, /columns of record 3/],
    ['a changed hash', `update event set hash = x'00' where seq = 4`, 4, /hash of record 4/],
    ['a record taken out', 'delete from event where seq = 6', 6, /record 6 is missing/],
    ['the last records taken away', 'delete from event where seq > 20', 21, /head is record 24/],
    ['a changed outcome in the view', `update attempt set outcome = 'refused' where order_id = 'O2'`, 16, /view of attempt 1 of order O2/],
    ['a forgotten attempt', `delete from attempt where order_id = 'O1'`, 8, /view of attempt 1 of order O1/],
    ['an invented attempt', `insert into attempt values ('X', 1, 1, 'settled', null, null, 'finished', 1)`, 24, /no record speaks of/],
    ['a forgotten chip', `delete from chip where uid = 'U3'`, 24, /chip or card number/],
    ['a card number of another order', `update card_number set order_id = 'O2' where number = 'N1'`, 8, /chip or card number/],
  ];

  it.each(tamperings)('%s is found by verify', (_what, sql, seq, reason) => {
    writeCards(3);
    tamper(sql);
    // The tail is checked at opening already; `verify` is asked where the opening lets it through.
    const report = verifyDirectly();
    expect(report.brokenAt).toBe(seq);
    expect(report.reason).toMatch(reason);
  });

  it('by one who computes the hash of the changed record is found at the next', () => {
    writeCards(1);
    const db = new Database(path);
    const row = readStatements(db).event.get(5);
    if (row === undefined) throw new Error('record 5 is there');
    const body = row.body.replace('U1', 'U9');
    db.exec('drop trigger event_is_not_changed');
    db.prepare('update event set body = ?, hash = ? where seq = 5').run(body, nextHash(row.prev, body));
    db.close();
    expect(verifyDirectly()).toMatchObject({ records: 5, brokenAt: 6, reason: 'record 6 does not name the hash of the record before it' });
  });

  it('is not opened when its last records do not verify', () => {
    writeCards(1);
    tamper(`update event set body = replace(body, 'output', 'reject') where seq = 7`);
    expect(expectFault('JRN-BROKEN', open).detail.data).toEqual({ seq: 7 });
  });

  it('refuses changes and deletions of records to everyone who leaves the triggers in place', () => {
    writeCards(1);
    const db = new Database(path);
    expect(() => db.exec('update event set fence = 9')).toThrow(/never changed/);
    expect(() => db.exec('delete from event')).toThrow(/never deleted/);
    db.close();
  });
});

/** Asked in another process: reading the file here would end the journal's lock. */
function filesHolding(text: string): string {
  return spawnSync('grep', ['-ral', text, folder.path], { encoding: 'utf8' }).stdout;
}

function verifyDirectly(): ChainReport {
  const db = new Database(path, { readonly: true });
  try {
    return verifyJournal(readStatements(db));
  } finally {
    db.close();
  }
}

describe('A journal file', () => {
  it('that is something else is not opened', () => {
    writeFileSync(path, 'this is no database, but it is long enough to look like a file of some kind\n'.repeat(20));
    expectFault('JRN-BROKEN', open);
  });

  it('of a newer program is not opened', () => {
    writeCards(1);
    const db = new Database(path);
    db.pragma(`user_version = ${journalVersion + 1}`);
    db.close();
    expect(expectFault('JRN-BROKEN', open).message).toMatch(new RegExp(`version ${journalVersion + 1}`));
  });

  it('is private to its user', () => {
    writeCards(1);
    expect(readdirSync(folder.path).map((name) => statSync(join(folder.path, name)).mode & 0o077)).toEqual(readdirSync(folder.path).map(() => 0));
  });

  it('holds no sealed bytes after their erasure, in no file', () => {
    using journal = open();
    const sealed = Buffer.from('sealed-pin-'.repeat(20));
    journal.append(attemptOf('A'), claimed);
    journal.putSealed(attemptOf('A'), sealed);
    expect(filesHolding('sealed-pin-')).toContain('journal.sqlite-wal');
    journal.eraseSealed('A', 1);
    expect(filesHolding('sealed-pin-')).toBe('');
  });
});
