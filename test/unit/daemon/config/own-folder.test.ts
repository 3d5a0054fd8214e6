import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeOwnFolder } from '../../../../daemon/config/own-folder.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a folder of the station is made for its user alone, and found again', async () => {
  await using above = await temporaryFolder('own');
  const folder = join(above.path, 'a', 'b');
  await makeOwnFolder(folder);
  await makeOwnFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('a place where no folder can be is a fault of the configuration, not of the program', async () => {
  await using above = await temporaryFolder('own');
  const file = join(above.path, 'file');
  await writeFile(file, '');
  await expect(makeOwnFolder(file)).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: file, note: 'the folder cannot be written: EEXIST' } });
  await expect(makeOwnFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { note: 'the folder cannot be written: ENOTDIR' } });
});
