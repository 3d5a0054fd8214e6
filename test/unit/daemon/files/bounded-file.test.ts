import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBounded } from '../../../../daemon/files/bounded-file.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

it('refuses a file that does not come in time, and reads one that does', async () => {
  await using folder = await temporaryFolder('bounded-file');
  const path = join(folder.path, 'order.json');
  await writeFile(path, '{}');
  const waited: number[] = [];
  // Its minute is over before the file system can have answered.
  const hasty: Clock = { ...systemClock, sleep: async (ms) => { waited.push(ms); } };
  expect(await readBounded(path, 100, hasty)).toEqual({ kind: 'refused', code: 'FIL-UNREADABLE', note: 'no answer in 60000 ms' });
  expect(waited).toEqual([60_000]);
  expect(await readBounded(path, 100)).toMatchObject({ kind: 'read', bytes: new TextEncoder().encode('{}') });
  expect(await readBounded(path, 1)).toMatchObject({ kind: 'refused', code: 'FIL-TOO-LARGE' });
  expect(await readBounded(folder.path, 1)).toMatchObject({ kind: 'refused', code: 'FIL-UNREADABLE' });
});
