import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { openEmbeddedRedis, type EmbeddedRedis, type EmbeddedRedisEvent } from '../../../../queue/redis/embedded-redis.ts';
import { openRedisLink, type RedisLink } from '../../../../queue/redis/redis-link.ts';
import { startProgram } from '../../../support/child-program.ts';
import { expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { patience } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const parent = 'test/support/queue/redis-parent';
let folder: TemporaryFolder;
let events: EmbeddedRedisEvent[];

beforeEach(async () => {
  folder = await temporaryFolder('redis');
  events = [];
});

afterEach(async () => folder[Symbol.asyncDispose]());

async function open(dir = folder.path): Promise<EmbeddedRedis> {
  return openEmbeddedRedis({ dir, clock: systemClock, onEvent: (event) => events.push(event) }, patience());
}

async function link(redis: EmbeddedRedis): Promise<RedisLink> {
  return openRedisLink({ endpoint: redis.endpoint, clock: systemClock, name: 'test', onError: () => undefined }, patience());
}

/** Waits until the process is gone: 0 asks whether a signal could be sent. */
async function expectEnd(pid: number): Promise<void> {
  await expect.poll(() => existsSync(`/proc/${pid}/exe`), { timeout: 5_000, interval: 20 }).toBe(false);
}

describe('The embedded Redis', () => {
  it('runs with the settings that keep what it acknowledged, on a socket alone', async () => {
    await using redis = await open();
    await using client = await link(redis);
    const settings = await client.client.config('GET', 'append*');
    expect(settings).toEqual(expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'always']));
    expect(await client.client.config('GET', 'port')).toEqual(['port', '0']);
    expect(await client.client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await client.client.config('GET', 'save')).toEqual(['save', '']);
  });

  it('ends with its disposal and keeps its data for the next start', async () => {
    const first = await open();
    const pid = first.pid() ?? 0;
    {
      await using client = await link(first);
      await client.client.set('kept', 'yes');
    }
    await first[Symbol.asyncDispose]();
    await expectEnd(pid);
    await using second = await open();
    await using client = await link(second);
    expect(await client.client.get('kept')).toBe('yes');
  });

  it('ends when its parent is killed, and the next daemon can start at once', async () => {
    await using child = startProgram(parent, [folder.path]);
    const pid = Number((await child.untilLines(1))[0]);
    expect(existsSync(`/proc/${pid}/exe`)).toBe(true);
    child.kill('SIGKILL');
    await using redis = await open();
    await expectEnd(pid);
    expect(redis.pid()).not.toBe(pid);
  });

  it('refuses a second daemon on the same folder and leaves the first alone', async () => {
    await using redis = await open();
    await using child = startProgram(parent, [folder.path]);
    expect(await child.ended()).toBe(0);
    expect(child.lines).toEqual(['QUE-IN-USE']);
    await using client = await link(redis);
    expect(await client.client.ping()).toBe('PONG');
  });

  it('is started again when it dies, and clients get through', async () => {
    await using redis = await open();
    await using client = await link(redis);
    await client.client.set('kept', 'yes');
    const pid = redis.pid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await expectEnd(pid);
    expect(await client.run(patience(), (connection) => connection.get('kept'))).toBe('yes');
    expect(redis.pid()).not.toBe(pid);
    await expect.poll(() => events.map((event) => event.kind)).toEqual(['started', 'ended', 'started']);
  });

  it('moves a data folder aside that it cannot read, and starts empty', async () => {
    {
      await using redis = await open();
      await using client = await link(redis);
      for (let entry = 0; entry < 50; entry += 1) await client.client.set(`key${entry}`, 'x'.repeat(100));
    }
    const log = join(folder.path, 'data', 'appendonlydir', 'appendonly.aof.1.incr.aof');
    const bytes = await readFile(log);
    bytes.fill(0x7a, 1_000, 1_400);
    await writeFile(log, bytes);
    await using redis = await open();
    await using client = await link(redis);
    expect(await client.client.dbsize()).toBe(0);
    expect(events.map((event) => event.kind)).toContain('data-moved-aside');
    expect((await readdir(folder.path)).filter((name) => name.startsWith('data.damaged-'))).toHaveLength(1);
  });

  it('works from a folder whose path is too long for a socket', async () => {
    const deep = join(folder.path, 'a-rather-long-name-of-a-folder', 'and-another-long-name-of-a-folder', 'and-one-more-for-good-measure');
    await mkdir(deep, { recursive: true });
    const redis = await open(deep);
    {
      await using client = await link(redis);
      expect(await client.client.ping()).toBe('PONG');
    }
    const { endpoint } = redis;
    if (endpoint.kind !== 'socket') throw new Error('the embedded Redis listens on a socket');
    expect(existsSync(endpoint.path)).toBe(true);
    await redis[Symbol.asyncDispose]();
    expect(existsSync(dirname(endpoint.path))).toBe(false);
    await redis[Symbol.asyncDispose]();
  });

  it('says what ended it when it cannot run', async () => {
    await writeFile(join(folder.path, 'data'), 'a file where the folder should be');
    await expect(open()).rejects.toThrow();
    await mkdir(join(folder.path, 'other', 'data', 'appendonlydir', 'appendonly.aof.manifest'), { recursive: true });
    await expectRejectedFault('QUE-UNAVAILABLE', open(join(folder.path, 'other')));
  });

  it('names the program that the computer lacks', async () => {
    const programs = join(folder.path, 'programs');
    await mkdir(programs);
    const path = process.env['PATH'];
    process.env['PATH'] = programs;
    try {
      expect((await expectRejectedFault('CFG-MISSING-PROGRAM', open())).detail.field).toBe('flock');
      await symlink('/usr/bin/flock', join(programs, 'flock'));
      expect((await expectRejectedFault('CFG-MISSING-PROGRAM', open())).detail.field).toBe('setpriv');
      await symlink('/usr/bin/setpriv', join(programs, 'setpriv'));
      expect((await expectRejectedFault('CFG-MISSING-PROGRAM', open())).detail.field).toBe('redis-server');
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const opening = openEmbeddedRedis({ dir: folder.path, clock: systemClock }, { signal: stop.signal, timeoutMs: 10_000 });
    stop.abort();
    await expect(opening).rejects.toThrow(/STA-ABORTED|QUE-UNAVAILABLE/);
    await using redis = await open();
    expect(redis.pid()).toBeGreaterThan(0);
  });
});
