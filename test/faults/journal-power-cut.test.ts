import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openSqliteJournal } from '../../queue/journal/sqlite-journal.ts';
import { startProgram } from '../support/child-program.ts';
import { cutPower, onDiskModel, startFromDisk } from '../support/power-cut/power-cut.ts';
import { powerCutSuite } from '../support/power-cut/power-cut-suite.ts';

const cuts = 20;

describe('A journal on a disk that loses power', () => {
  const suite = powerCutSuite();

  /** Lets a program write until it is killed and the power is cut; gives the last record that it acknowledged. */
  async function writeAndCut(program: string, dir: string, file: string, lines: number): Promise<number> {
    const kept = join(suite.memory.path, 'kept');
    await startFromDisk(dir, kept);
    await using writer = startProgram(program, [join(dir, file)], { wrapper: onDiskModel(suite.library, kept) });
    await writer.untilLines(lines);
    writer.kill('SIGKILL');
    await writer.ended();
    await cutPower(dir, kept);
    return Number(writer.lines.at(-1));
  }

  it(`has every acknowledged record after each of ${cuts} cuts, and its chain verifies`, async () => {
    let kept = 0;
    for (let cut = 1; cut <= cuts; cut += 1) {
      const dir = join(suite.folder.path, `journal-${cut}`);
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
    const dir = join(suite.folder.path, 'journal-again');
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
    const dir = join(suite.folder.path, 'careless');
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
      const dir = join(suite.folder.path, `failing-${good}`);
      const kept = join(suite.memory.path, 'kept');
      await startFromDisk(dir, kept);
      await using writer = startProgram('test/support/queue/journal-writer', [join(dir, 'journal.sqlite')], { wrapper: onDiskModel(suite.library, kept, good) });
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
