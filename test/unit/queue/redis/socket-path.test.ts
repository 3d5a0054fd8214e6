import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { socketPathFor } from '../../../../queue/redis/socket-path.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('The path of the socket', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await temporaryFolder('socket');
  });

  afterEach(async () => folder[Symbol.asyncDispose]());

  it('lies in the folder while it fits a socket address, else in a private folder of its own', () => {
    const fits = `/${'d'.repeat(95)}`;
    expect(socketPathFor(fits, folder.path)).toBe(`${fits}/redis.sock`);
    expect(Buffer.byteLength(`${fits}/redis.sock`)).toBe(107);
    const path = socketPathFor(`${fits}d`, folder.path);
    expect(path.startsWith(`${folder.path}/kortverk-`)).toBe(true);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(socketPathFor(`${fits}d`, folder.path)).toBe(path);
    expect(socketPathFor(`${fits}e`, folder.path)).not.toBe(path);
  });

  it('counts bytes, not letters', () => {
    expect(socketPathFor(`/${'ö'.repeat(50)}`, folder.path).startsWith(folder.path)).toBe(true);
  });

  it('refuses a folder that others can enter', () => {
    const long = `/${'d'.repeat(120)}`;
    const path = socketPathFor(long, folder.path);
    chmodSync(dirname(path), 0o755);
    expectFault('QUE-UNAVAILABLE', () => socketPathFor(long, folder.path));
    mkdirSync(join(folder.path, 'other'));
    expect(socketPathFor(long, join(folder.path, 'other'))).toContain('/other/');
  });

  it('keeps the sockets of one folder apart by name', () => {
    const long = `/${'d'.repeat(120)}`;
    expect(socketPathFor(long, folder.path, 'desk.sock')).toMatch(/\/desk\.sock$/);
    expect(socketPathFor(long, folder.path, 'desk.sock')).not.toBe(socketPathFor(long, folder.path));
    expect(socketPathFor('/d', folder.path, 'desk.sock')).toBe('/d/desk.sock');
  });
});
