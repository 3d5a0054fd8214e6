import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openSqliteJournal } from '../../queue/journal/sqlite-journal.ts';
import { startProgram } from '../support/child-program.ts';
import { buildDiskModel, cutPower, onDiskModel, startFromDisk } from '../support/power-cut/power-cut.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const cuts = 20;

describe('A journal on a disk that loses power', () => {
  let folder: TemporaryFolder;
  /** Copies at every fsync go to memory: on the disk they would be the slowest part. */
  let memory: TemporaryFolder;
  let library: string;

  beforeAll(async () => {
    folder = await temporaryFolder('power');
    memory = await temporaryFolder('power', '/dev/shm');
    library = await buildDiskModel(folder.path);
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
    await memory[Symbol.asyncDispose]();
  });

  /** Lets a program write until it is killed and the power is cut; gives the last record that it acknowledged. */
  async function writeAndCut(program: string, dir: string, file: string, lines: number): Promise<number> {
    const kept = join(memory.path, 'kept');
    await startFromDisk(dir, kept);
    await using writer = startProgram(program, [join(dir, file)], { wrapper: onDiskModel(library, kept) });
    await writer.untilLines(lines);
    writer.kill('SIGKILL');
    await writer.ended();
    await cutPower(dir, kept);
    return Number(writer.lines.at(-1));
  }

  it(`has every acknowledged record after each of ${cuts} cuts, and its chain verifies`, async () => {
    let kept = 0;
    for (let cut = 1; cut <= cuts; cut += 1) {
      const dir = join(folder.path, `journal-${cut}`);
      // Every fifth run is long enough for the log to be written back into the file.
      const lines = cut % 5 === 0 ? 220 : 10 + 3 * cut;
      const acknowledged = await writeAndCut('test/support/queue/journal-writer', dir, 'journal.sqlite', lines);
      using journal = openSqliteJournal({ path: join(dir, 'journal.sqlite'), clock: systemClock });
      const records = journal.recordsOf('O').length;
      expect(acknowledged).toBeGreaterThanOrEqual(lines);
      expect(records).toBeGreaterThanOrEqual(acknowledged);
      expect(journal.verify()).toMatchObject({ records, brokenAt: null });
      kept += acknowledged;
    }
    expect(kept).toBeGreaterThan(1_400);
  });

  it('goes on after a cut and is cut again', async () => {
    const dir = join(folder.path, 'journal-again');
    let last = 0;
    for (let cut = 1; cut <= 4; cut += 1) {
      const acknowledged = await writeAndCut('test/support/queue/journal-writer', dir, 'journal.sqlite', 30);
      expect(acknowledged).toBeGreaterThanOrEqual(last + 30);
      last = acknowledged;
    }
    using journal = openSqliteJournal({ path: join(dir, 'journal.sqlite'), clock: systemClock });
    expect(journal.verify()).toMatchObject({ brokenAt: null });
    expect(journal.recordsOf('O').length).toBeGreaterThanOrEqual(last);
  });

  it('would be seen to lose records if it did not sync at each commit: the model cuts', async () => {
    const dir = join(folder.path, 'careless');
    const acknowledged = await writeAndCut('test/support/power-cut/careless-writer', dir, 'log.sqlite', 200);
    const db = new Database(join(dir, 'log.sqlite'));
    const there = db.prepare(`select count(*) as tables from sqlite_schema where name = 'entry'`).get() as { tables: number };
    const records = there.tables === 0 ? 0 : (db.prepare('select count(*) from entry').pluck().get() as number);
    db.close();
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    expect(records).toBeLessThan(acknowledged);
  });

  it('ends with JRN-WRITE when an fsync fails, tries nothing again, and opens whole afterwards', async () => {
    for (const good of [12, 25, 60]) {
      const dir = join(folder.path, `failing-${good}`);
      const kept = join(memory.path, 'kept');
      await startFromDisk(dir, kept);
      await using writer = startProgram('test/support/queue/journal-writer', [join(dir, 'journal.sqlite')], { wrapper: onDiskModel(library, kept, good) });
      expect(await writer.ended()).toBe(0);
      expect(writer.lines.slice(-2)).toEqual(['JRN-WRITE', 'JRN-WRITE']);
      const acknowledged = writer.lines.length - 2;
      await cutPower(dir, kept);
      using journal = openSqliteJournal({ path: join(dir, 'journal.sqlite'), clock: systemClock });
      expect(acknowledged).toBeGreaterThan(0);
      expect(journal.recordsOf('O').length).toBeGreaterThanOrEqual(acknowledged);
      expect(journal.verify().brokenAt).toBeNull();
    }
  });
});
