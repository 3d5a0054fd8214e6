import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { startProgram } from '../../../support/child-program.ts';
import { attemptOf, claimed, goodCard, settled } from '../../../support/queue/journal-entries.ts';
import { clockAt } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('kortverk journal', () => {
  let folder: TemporaryFolder;
  let path: string;

  beforeEach(async () => {
    folder = await temporaryFolder('cli');
    path = join(folder.path, 'journal.sqlite');
    using journal = open();
    for (const entry of goodCard('BB-2611-000001', '04aabb')) journal.append(attemptOf('ORDER-1'), entry);
    journal.append(attemptOf('ORDER-2'), claimed);
    journal.append(attemptOf('ORDER-2'), settled('again'));
    journal.append(attemptOf('ORDER-2', 2), claimed);
    journal.append(attemptOf('ORDER-2', 2), { kind: 'held', question: 'where is the card', answers: ['output', 'reject'], reason: 'QC-UNKNOWN-OUTCOME' });
  });

  afterEach(async () => folder[Symbol.asyncDispose]());

  function open() {
    return openSqliteJournal({ path, clock: clockAt(() => Date.UTC(2026, 10, 22, 9)) });
  }

  async function run(...args: readonly string[]): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
    await using program = startProgram('daemon/cli/kortverk', ['journal', ...args, '--journal', path]);
    return { code: await program.ended(), lines: program.lines };
  }

  it('show gives a line for each attempt', async () => {
    const { code, lines } = await run('show');
    expect(code).toBe(0);
    expect(lines.map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'ORDER-1 | attempt 1 | BB-2611-000001 | 04aabb | finished',
      'ORDER-2 | attempt 1 | - | - | again (ENC-VERIFY)',
      'ORDER-2 | attempt 2 | - | - | held, waits for an answer to: where is the card',
      '3 attempts',
    ]);
  });

  it.each([['of a real station', '.'], ['of a simulated one', 'station']])('finds the journal in the folder %s, as batch does', async (_name, below) => {
    await mkdir(join(folder.path, below), { recursive: true });
    if (below !== '.') await rename(path, join(folder.path, below, 'journal.sqlite'));
    await using program = startProgram('daemon/cli/kortverk', ['journal', 'verify', '--dir', folder.path]);
    expect(await program.ended()).toBe(0);
    expect(program.lines[0]).toBe('12 records verify');
  });

  it('show ORDER tells every record of every attempt', async () => {
    const { code, lines } = await run('show', 'ORDER-2');
    expect(code).toBe(0);
    expect(lines).toEqual([
      'attempt 1 of order ORDER-2, fence 1: again (ENC-VERIFY)',
      `   9  2026-11-22T09:00:00.000Z  claimed  payloadDigest=${'ab'.repeat(32)}`,
      '  10  2026-11-22T09:00:00.000Z  settled  outcome=again reason=ENC-VERIFY',
      'attempt 2 of order ORDER-2, fence 1: held, waits for an answer to: where is the card',
      `  11  2026-11-22T09:00:00.000Z  claimed  payloadDigest=${'ab'.repeat(32)}`,
      '  12  2026-11-22T09:00:00.000Z  held     answers=output,reject question=where is the card reason=QC-UNKNOWN-OUTCOME',
    ]);
    expect(await run('show', 'ORDER-9')).toEqual({ code: 1, lines: ['the journal has no record of order ORDER-9'] });
  });

  it('show --json gives the records as they are', async () => {
    const { code, lines } = await run('show', 'ORDER-1', '--json');
    const told = JSON.parse(lines.join('\n')) as { source: string; records: readonly { seq: number; entry: { kind: string } }[] };
    expect(code).toBe(0);
    expect(told.source).toBe('journal');
    expect(told.records.map((record) => record.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('verify exits 0 on a whole journal and 1 on a broken one, naming the record', async () => {
    const whole = await run('verify');
    expect([whole.code, whole.lines[0]]).toEqual([0, '12 records verify']);
    const db = new Database(path);
    db.exec(`drop trigger event_is_not_changed; update event set body = replace(body, 'again', 'finished') where seq = 10`);
    db.close();
    const broken = await run('verify');
    expect([broken.code, broken.lines[0]]).toEqual([1, 'BROKEN at record 10: the hash of record 10 differs from its content']);
    expect(JSON.parse((await run('verify', '--json')).lines.join('\n'))).toMatchObject({ source: 'journal', records: 9, brokenAt: 10 });
  });

  it('reads the text copy while a station holds the journal, and says so', async () => {
    using journal = open();
    const { code, lines } = await run('verify');
    expect([code, lines[0]]).toEqual([0, '12 records verify']);
    expect(lines.at(-1)).toContain('text copy');
    expect(lines[1]).toBe(`head ${journal.verify().head}`);
  });

  it('export writes every record into a new file, and no other', async () => {
    const out = join(folder.path, 'records.ndjson');
    expect(await run('export', '--out', out)).toMatchObject({ code: 0, lines: [`12 records written to ${out}`] });
    const records = readFileSync(out, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { seq: number });
    expect(records.map((record) => record.seq)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect((await run('export', '--out', out)).code).toBe(2);
  });

  it('exits 1 when there is no journal, and makes none', async () => {
    const missing = join(folder.path, 'missing.sqlite');
    await using program = startProgram('daemon/cli/kortverk', ['journal', 'verify', '--journal', missing]);
    expect(await program.ended()).toBe(1);
    expect(existsSync(missing)).toBe(false);
  });
});
