import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultIntakeLimits } from '../../../../daemon/intake/intake-limits.ts';
import { findOrderFiles } from '../../../../daemon/intake/order-files.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('the order files behind paths', () => {
  it('are those of a folder and its subfolders by name, without pictures and hidden files, and what is named', async () => {
    await using folder = await temporaryFolder('order-files');
    await mkdir(join(folder.path, 'b'));
    for (const name of ['c.json', 'a.csv', 'b/d.ndjson', 'b/photo.jpg', '.hidden.json', 'notes.txt']) await writeFile(join(folder.path, name), '{}');
    const named = join(folder.path, 'notes.txt');
    const found = await findOrderFiles([folder.path, named], defaultIntakeLimits);
    expect(found.files.map(({ path, kind }) => `${path.slice(folder.path.length + 1)} ${kind}`)).toEqual(['a.csv csv', 'b/d.ndjson ndjson', 'c.json json', 'notes.txt json']);
    expect(found.refused).toEqual([]);
    expect(found.ignored).toEqual([named]);
  });

  it('are none where there is no such path, or no order in it, which each says for itself', async () => {
    await using folder = await temporaryFolder('order-files');
    const nowhere = join(folder.path, 'nowhere');
    const { files, refused } = await findOrderFiles([nowhere, folder.path], defaultIntakeLimits);
    expect(files).toEqual([]);
    expect(refused.map(({ file, finding }) => [file, finding.code])).toEqual([[nowhere, 'FIL-MISSING'], [folder.path, 'ORD-MISSING']]);
  });

  it('are not waited for longer than a minute', async () => {
    await using folder = await temporaryFolder('order-files');
    const waited: number[] = [];
    const hasty: Clock = { ...systemClock, sleep: async (ms) => { waited.push(ms); } };
    const { files, refused } = await findOrderFiles([folder.path], defaultIntakeLimits, hasty);
    expect(files).toEqual([]);
    expect(refused[0]).toMatchObject({ file: folder.path, finding: { code: 'FIL-UNREADABLE', detail: { note: 'no answer in 60000 ms' } } });
    expect(waited).toEqual([60_000]);
  });
});
