import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Dossiers } from '../../../../daemon/station/dossier.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { claimed, identified } from '../../../support/queue/journal-entries.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('the folder of an order', () => {
  let folder: TemporaryFolder;
  let journal: Journal;

  beforeEach(async () => {
    folder = await temporaryFolder('dossier');
    journal = openSqliteJournal({ path: join(folder.path, 'journal.sqlite'), clock: systemClock });
    for (const entry of [claimed, identified('04AA01')]) journal.append({ orderId: 'A', attempt: 1, fence: 1 }, entry);
  });

  afterEach(async () => {
    journal[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  const cards = (): string => join(folder.path, 'cards');

  async function dossiers(clock: Clock = systemClock): Promise<Dossiers> {
    const front = join(folder.path, 'front.png');
    await writeFile(front, 'picture');
    return new Dossiers(cards(), journal, async (uid) => ({ front: uid === '04AA01' ? front : null, back: null }), clock);
  }

  it("holds the journal's account, what was read back, and the pictures there are", async () => {
    const kept = await dossiers();
    kept.keep('A', { mifare: null, piv: null });
    expect(await kept.write('A')).toBeNull();
    expect((await readdir(join(cards(), 'A'))).toSorted()).toEqual(['attempt.json', 'chips.json', 'front.png']);
    expect(JSON.parse(await readFile(join(cards(), 'A', 'attempt.json'), 'utf8'))).toHaveLength(2);
  });

  it('is told when the folder cannot be written, and keeps nobody from making cards', async () => {
    await writeFile(cards(), 'a file where the folder would be');
    const kept = await dossiers();
    expect(await kept.write('A')).toMatchObject({ code: 'FIL-WRITE', field: join(cards(), 'A'), detail: { note: expect.stringMatching(/^E(NOTDIR|EXIST)$/) } });
    await rm(cards());
    expect(await kept.write('A')).toBeNull();
  });

  it('is given up after a minute when its disk does not answer', async () => {
    await mkdir(cards());
    const hasty: Clock = { ...systemClock, sleep: async () => undefined };
    expect(await (await dossiers(hasty)).write('A')).toMatchObject({ code: 'FIL-WRITE', detail: { note: 'no answer in 60000 ms' } });
  });
});
