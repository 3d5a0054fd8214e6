import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import { checkRedisIsSafe } from '../../../../queue/redis/redis-gate.ts';
import { openRedisLink, type RedisLink } from '../../../../queue/redis/redis-link.ts';
import { expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { patience } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const settings = ['--port', '0', '--appendonly', 'yes', '--appendfsync', 'always', '--no-appendfsync-on-rewrite', 'no', '--maxmemory-policy', 'noeviction'];

/** Servers that answer and do not serve: what their words become (queue.md 4.3). */
describe('a Redis that refuses', () => {
  let folder: TemporaryFolder;
  let server: ChildProcess | null = null;
  let links: RedisLink[] = [];

  afterEach(async () => {
    for (const open of links) await open[Symbol.asyncDispose]();
    links = [];
    await end();
    await folder[Symbol.asyncDispose]();
  });

  async function start(...more: readonly string[]): Promise<void> {
    server = spawn('redis-server', ['--unixsocket', join(folder.path, 'redis.sock'), '--dir', folder.path, ...settings, ...more], { stdio: 'ignore' });
    await once(server, 'spawn');
  }

  async function end(): Promise<void> {
    if (server === null || server.exitCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  async function link(timeoutMs?: number): Promise<RedisLink> {
    const opened = await openRedisLink({ endpoint: { kind: 'socket', path: join(folder.path, 'redis.sock') }, clock: systemClock, name: 'test', onError: () => undefined }, patience(timeoutMs));
    links.push(opened);
    return opened;
  }

  it('MISCONF: it could not write a snapshot and takes no more writes; the gate says so and lets nobody in', async () => {
    folder = await temporaryFolder('misconf');
    await start('--save', '3600 1', '--stop-writes-on-bgsave-error', 'yes');
    const own = await link();
    await checkRedisIsSafe(own, '{refuses}', patience());
    // A folder in the place of the snapshot: the server can write its draft and not put it there.
    await mkdir(join(folder.path, 'dump.rdb', 'taken'), { recursive: true });
    await own.client.bgsave();
    await expect.poll(async () => (await own.client.info('persistence')).includes('rdb_last_bgsave_status:err'), { timeout: 10_000 }).toBe(true);
    const fault = await expectRejectedFault('QUE-UNSAFE', checkRedisIsSafe(own, '{refuses}', patience()));
    expect(fault.detail.field).toContain('MISCONF');
    await using claims = openRedisClaims({ link: own, stationId: 'st1', stations: ['st1'], prefix: '{refuses}' });
    await expectRejectedFault('QUE-UNAVAILABLE', claims.publish([], 0, patience(2_000)));
  });

  it('LOADING: it reads its data and serves nobody yet; a station waits for it as long as it may, and then has all of it', async () => {
    folder = await temporaryFolder('loading');
    await start();
    const writer = await link();
    await writer.client.mset(Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`key-${index}`, 'x'])));
    await writer.client.bgrewriteaof();
    await expect.poll(async () => (await writer.client.info('persistence')).includes('aof_rewrite_in_progress:0'), { timeout: 10_000 }).toBe(true);
    await writer[Symbol.asyncDispose]();
    links = [];
    await end();
    await rm(join(folder.path, 'redis.sock'), { force: true });
    await start('--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024');
    await expect.poll(async () => link(150).then(() => 'opened', (error: unknown) => (error as { readonly code?: string }).code), { timeout: 2_000 }).toBe('QUE-UNAVAILABLE');
    const own = await link(30_000);
    await checkRedisIsSafe(own, '{refuses}', patience());
    expect(await own.client.get('key-1499')).toBe('x');
  });

  it('NOPERM: a user who may not write, or may not run scripts, gets no further than the gate or the claim', async () => {
    folder = await temporaryFolder('noperm');
    await start();
    const own = await link();
    await own.client.call('ACL', 'SETUSER', 'default', '-set');
    const fault = await expectRejectedFault('QUE-UNSAFE', checkRedisIsSafe(own, '{refuses}', patience()));
    expect(fault.detail.field).toContain('NOPERM');
    await own.client.call('ACL', 'SETUSER', 'default', '+set');
    await using claims = openRedisClaims({ link: own, stationId: 'st1', stations: ['st1'], prefix: '{refuses}' });
    await claims.publish([], 0, patience());
    await own.client.call('ACL', 'SETUSER', 'default', '-eval', '-evalsha');
    await expectRejectedFault('QUE-UNAVAILABLE', claims.claim('A', patience(2_000)));
    await own.client.call('ACL', 'SETUSER', 'default', '+@all');
    expect(await claims.claim('A', patience())).toEqual({ kind: 'claimed', fence: 1 });
  });
});
