import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { holdFolder } from '../../../../simulator/machine/folder-hold.ts';

it('a folder is held once, by whatever path, until it is let go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kv-hold-'));
  await symlink(folder, `${folder}-link`);
  const hold = await holdFolder(folder);
  await expect(holdFolder(`${folder}-link`)).rejects.toMatchObject({ code: 'SIM-INVALID' });
  await hold[Symbol.asyncDispose]();
  await using again = await holdFolder(folder);
  expect(again).toBeDefined();
  await rm(`${folder}-link`);
  await rm(folder, { recursive: true });
});
