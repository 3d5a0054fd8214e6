import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFile, makeFolder, replaceFile, syncTree } from '../../../../drivers/contracts/durable-file.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

/** That they survive a power cut is shown by `test/faults/*-power-cut.test.ts`. */
describe('A durable file', () => {
  let folder: TemporaryFolder;
  let path: string;

  beforeEach(async () => {
    folder = await temporaryFolder('durable');
    path = join(folder.path, 'one.json');
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  const modeOf = (file: string): number => statSync(file).mode & 0o777;

  it('is replaced whole, private unless it shall not be, and leaves nothing beside it', () => {
    replaceFile(path, 'first');
    replaceFile(path, Uint8Array.of(0x61, 0x62));
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['ab', 0o600]);
    replaceFile(path, 'for all', 0o644);
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['for all', 0o644]);
    expect(readdirSync(folder.path)).toEqual(['one.json']);
  });

  it('is made once: one that is there stays as it is', () => {
    createFile(path, 'first');
    expect(() => createFile(path, 'second')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['first', 0o600]);
    expect(readdirSync(folder.path)).toEqual(['one.json']);
  });

  it('is made over what an interrupted writer left', () => {
    writeFileSync(join(folder.path, '.one.json.draft'), 'half', { mode: 0o644 });
    createFile(path, 'whole');
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['whole', 0o600]);
    expect(readdirSync(folder.path)).toEqual(['one.json']);
  });

  it('has a folder that is made with all above it, and once more without a word', () => {
    const deep = join(folder.path, 'a', 'b', 'c');
    makeFolder(deep);
    makeFolder(deep);
    makeFolder('/');
    expect([existsSync(deep), modeOf(deep), modeOf(join(folder.path, 'a'))]).toEqual([true, 0o700, 0o700]);
    replaceFile(join(deep, 'x'), 'x');
    syncTree(folder.path);
    expect(() => makeFolder(join(deep, 'x'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });
});
