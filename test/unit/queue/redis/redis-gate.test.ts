import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { describeEndpoint } from '../../../../queue/redis/redis-endpoint.ts';
import { checkRedisIsSafe, parseInfo, unsafeSetting } from '../../../../queue/redis/redis-gate.ts';
import type { RedisLink } from '../../../../queue/redis/redis-link.ts';
import { expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';

describe('The start-up gate', () => {
  let redis: TestRedis;
  let link: RedisLink;

  beforeAll(async () => {
    redis = await TestRedis.open();
    link = await redis.link();
  });

  afterAll(async () => redis[Symbol.asyncDispose]());

  beforeEach(async () => {
    await link.client.config('SET', 'appendonly', 'yes');
    await link.client.config('SET', 'appendfsync', 'always');
    await link.client.config('SET', 'no-appendfsync-on-rewrite', 'no');
    await link.client.config('SET', 'maxmemory-policy', 'noeviction');
    await link.client.config('SET', 'maxmemory', '0');
    await link.client.config('SET', 'min-replicas-to-write', '0');
  });

  it('lets a safe server through', async () => {
    await expect(checkRedisIsSafe(link, '{gate}', patience())).resolves.toBeUndefined();
  });

  it.each([
    ['appendonly', 'no'],
    ['appendfsync', 'everysec'],
    ['no-appendfsync-on-rewrite', 'yes'],
    ['maxmemory-policy', 'allkeys-lru'],
  ])('refuses a server with %s %s and names the setting', async (setting, value) => {
    await link.client.config('SET', setting, value);
    const fault = await expectRejectedFault('QUE-UNSAFE', checkRedisIsSafe(link, '{gate}', patience()));
    expect(fault.detail.field).toContain(setting);
  });

  it('refuses a replica', async () => {
    await link.client.replicaof('127.0.0.1', '1');
    try {
      const fault = await expectRejectedFault('QUE-UNSAFE', checkRedisIsSafe(link, '{gate}', patience()));
      expect(fault.detail.field).toContain('replica');
    } finally {
      await link.client.replicaof('NO', 'ONE');
    }
  });

  it.each([
    ['out of memory', 'maxmemory', '1000', 'OOM'],
    ['without enough replicas', 'min-replicas-to-write', '3', 'NOREPLICAS'],
  ])('refuses a server that answers PING but takes no write: %s', async (_why, setting, value, said) => {
    await link.client.config('SET', setting, value);
    expect(await link.client.ping()).toBe('PONG');
    const fault = await expectRejectedFault('QUE-UNSAFE', checkRedisIsSafe(link, '{gate}', patience()));
    expect(fault.detail.field).toContain(said);
  });

  it('refuses a user who may not see the settings, and says what to grant', async () => {
    await link.client.call('ACL', 'SETUSER', 'default', '-config');
    try {
      const fault = await expectRejectedFault('QUE-UNSAFE', checkRedisIsSafe(link, '{gate}', patience()));
      expect(fault.detail.field).toContain('+config|get');
      await link.client.call('ACL', 'SETUSER', 'default', '+config|get');
      await checkRedisIsSafe(link, '{gate}', patience());
    } finally {
      await link.client.call('ACL', 'SETUSER', 'default', '+@all');
    }
  });

  it('says QUE-UNAVAILABLE when the server does not answer in time', async () => {
    const pid = redis.server.pid() ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      await expectRejectedFault('QUE-UNAVAILABLE', checkRedisIsSafe(link, '{gate}', patience(300)));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  it('reads INFO and judges it without a server', () => {
    const info = parseInfo('# Replication\r\nrole:master\r\n# Persistence\r\naof_enabled:1\r\naof_last_write_status:err\r\n');
    const config = new Map([['appendonly', 'yes'], ['appendfsync', 'always'], ['no-appendfsync-on-rewrite', 'no'], ['maxmemory-policy', 'noeviction']]);
    expect([...info]).toEqual([['role', 'master'], ['aof_enabled', '1'], ['aof_last_write_status', 'err']]);
    expect(unsafeSetting(info, config)).toContain('aof_last_write_status');
    expect(unsafeSetting(new Map([...info, ['aof_last_write_status', 'ok']]), config)).toBeNull();
    expect(unsafeSetting(new Map([...info, ['aof_enabled', '0']]), config)).toContain('not open');
    expect(unsafeSetting(new Map(), config)).toContain('role unknown');
    expect(unsafeSetting(info, new Map())).toContain('appendonly unknown');
  });

  it('shows an endpoint without user and password', () => {
    const password = Secret.take(Buffer.from('hunter2'));
    expect(describeEndpoint({ kind: 'server', host: 'queue', port: 6379, username: 'me', password, tls: true })).toBe('rediss://queue:6379');
    expect(describeEndpoint({ kind: 'sentinel', sentinels: [], name: 'cards', password })).toBe('sentinel:cards');
    expect(describeEndpoint(redis.server.endpoint)).toMatch(/^unix:\//);
  });
});
