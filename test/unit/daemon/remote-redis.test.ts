import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redisPrefix, remoteEndpoint } from '../../../daemon/compose-redis.ts';
import { stationConfigSchema, type RemoteQueue } from '../../../daemon/config/station-config.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../../drivers/contracts/disposal.ts';
import { Secret } from '../../../drivers/contracts/secret.ts';
import { openLaneQueue } from '../../../queue/bullmq/lane-queue.ts';
import { openLaneWorker } from '../../../queue/bullmq/lane-worker.ts';
import { openRedisClaims } from '../../../queue/claim/redis-claims.ts';
import { retireStation, settleForStation } from '../../../queue/claim/retired-stations.ts';
import { checkRedisIsSafe } from '../../../queue/redis/redis-gate.ts';
import { openRedisLink, type RedisLink } from '../../../queue/redis/redis-link.ts';
import { openRoster } from '../../../queue/stations/roster.ts';
import { openShelf } from '../../../queue/stations/shelf.ts';
import { openWithdrawalNotices } from '../../../queue/stations/withdrawal-notices.ts';
import { DataCipher } from '../../../queue/store/data-cipher.ts';
import { freePort } from '../../support/free-port.ts';
import { RedisProgram } from '../../support/queue/redis-program.ts';
import { patience } from '../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const both = ['st1', 'st2'];
const soon = patience();
const prefix = redisPrefix;

describe('A Redis server of the site', () => {
  let folder: TemporaryFolder;
  let opened: DisposalStack;

  beforeEach(async () => {
    folder = await temporaryFolder('remote');
    opened = new DisposalStack();
  });

  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  function file(name: string, text: string): string {
    const path = join(folder.path, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** The queue of a configuration as its schema takes it. */
  function queueOf(value: unknown): RemoteQueue {
    const queue = stationConfigSchema.shape.queue.parse(value);
    if (queue.kind === 'embedded') throw new Error('not a server');
    return queue;
  }

  async function connect(value: unknown, timeoutMs = 10_000, onError: (error: Error) => void = () => undefined): Promise<RedisLink> {
    return opened.use(await openRedisLink({ endpoint: remoteEndpoint(queueOf(value)), clock: systemClock, name: 'test', onError }, patience(timeoutMs)));
  }

  function openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: folder.path, stdio: 'ignore' });
  }

  it('is spoken to over TLS, by a user with a password and no right to wipe it; a stranger as server and a wrong password are refused', async () => {
    for (const name of ['ca', 'stranger']) openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`);
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=redis', '-keyout', 'redis.key', '-out', 'redis.csr');
    file('san.cnf', 'subjectAltName=DNS:redis.site.example\n');
    openssl('x509', '-req', '-in', 'redis.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'san.cnf', '-out', 'redis.pem');
    const port = await freePort();
    const acl = file('users.acl', `user default off\nuser kortverk on >segel-lönn ~${prefix}:* &* +@all -flushall -flushdb -shutdown -debug -config +config|get\n`);
    opened.use(await RedisProgram.server(join(folder.path, 'data'), '--port', '0', '--tls-port', String(port), '--tls-cert-file', join(folder.path, 'redis.pem'), '--tls-key-file', join(folder.path, 'redis.key'), '--tls-ca-cert-file', join(folder.path, 'ca.pem'), '--aclfile', acl));
    const server = { kind: 'server', host: '127.0.0.1', port, username: 'kortverk', passwordFile: file('password', 'segel-lönn\n'), tls: { caFile: join(folder.path, 'ca.pem'), certificateFile: join(folder.path, 'ca.pem'), keyFile: join(folder.path, 'ca.key'), serverName: 'redis.site.example' } };
    const link = await connect(server);
    await checkRedisIsSafe(link, prefix, soon);
    const claims = openRedisClaims({ link, stationId: 'st1', stations: ['st1'], prefix });
    await claims.publish([], 0, soon);
    expect(await claims.claim('A', soon)).toMatchObject({ kind: 'claimed' });
    const queue = opened.use(openLaneQueue(link, prefix, 'cards'));
    await queue.enqueue({ orderId: 'A', priority: 1 }, soon);
    expect(await queue.counts(soon)).toMatchObject({ waiting: 1 });
    await expect(link.client.flushall()).rejects.toThrow('NOPERM');
    const said: string[] = [];
    await expect(connect({ ...server, passwordFile: file('wrong', 'gissning') }, 1_500, ({ message }) => said.push(message))).rejects.toMatchObject({ code: 'QUE-UNAVAILABLE' });
    expect(said.join()).toContain('WRONGPASS');
    expect(said.join()).not.toContain('gissning');
    await expect(connect({ ...server, tls: { caFile: join(folder.path, 'stranger.pem'), serverName: 'redis.site.example' } }, 1_500)).rejects.toMatchObject({ code: 'QUE-UNAVAILABLE' });
    await expect(connect({ ...server, tls: { caFile: join(folder.path, 'ca.pem') } }, 1_500)).rejects.toMatchObject({ code: 'QUE-UNAVAILABLE' });
  });

  it('that Sentinel replaces by its copy counts as one that lost data: nothing is given away before every station told what it owns', { timeout: 30_000 }, async () => {
    const [primaryPort, copyPort, sentinelPort] = [await freePort(), await freePort(), await freePort()];
    const login = ['--requirepass', 'björk', '--masterauth', 'björk'];
    const primary = opened.use(await RedisProgram.server(join(folder.path, 'primary'), '--port', String(primaryPort), ...login));
    opened.use(await RedisProgram.server(join(folder.path, 'copy'), '--port', String(copyPort), '--replicaof', `127.0.0.1 ${primaryPort}`, ...login));
    const watch = `port ${sentinelPort}\nbind 127.0.0.1\ndir ${folder.path}\nsentinel monitor cards 127.0.0.1 ${primaryPort} 1\nsentinel auth-pass cards björk\nsentinel down-after-milliseconds cards 400\nsentinel failover-timeout cards 3000\n`;
    opened.use(await RedisProgram.sentinel(file('sentinel.conf', watch)));
    const queue = { kind: 'sentinel', sentinels: [{ host: '127.0.0.1', port: sentinelPort }], name: 'cards', passwordFile: file('password', 'björk') };
    const link = await connect(queue);
    await checkRedisIsSafe(link, prefix, soon);
    const [first, second] = both.map((stationId) => openRedisClaims({ link, stationId, stations: both, prefix }));
    if (first === undefined || second === undefined) throw new Error('two stations');
    await first.publish([], 0, soon);
    await second.publish([], 0, soon);
    expect(await first.claim('A', soon)).toEqual({ kind: 'claimed', fence: 1 });
    const copy = await connect({ kind: 'server', host: '127.0.0.1', port: copyPort, passwordFile: queue.passwordFile });
    await expect.poll(async () => copy.client.hget(`${prefix}:claims`, 'A'), { timeout: 10_000 }).toBe('1 st1');
    await primary.kill();
    await expect.poll(async () => (await copy.client.info('replication')).includes('role:master'), { timeout: 20_000, interval: 100 }).toBe(true);
    // What the copy had not received yet when the primary fell.
    await copy.client.hdel(`${prefix}:claims`, 'A');
    expect(await second.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: both });
    await checkRedisIsSafe(link, prefix, soon);
    await second.publish([], 0, soon);
    expect(await second.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: ['st1'] });
    await first.publish([{ orderId: 'A', fence: 1, outcome: null }], 1, soon);
    expect(await second.claim('A', soon)).toEqual({ kind: 'foreign', station: 'st1' });
  });

  it('in a cluster has every key of the queue, the claims and the site in one slot', async () => {
    const port = await freePort();
    opened.use(await RedisProgram.server(join(folder.path, 'node'), '--port', String(port), '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'));
    const link = await connect({ kind: 'server', host: '127.0.0.1', port });
    await link.client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect.poll(async () => String(await link.client.call('CLUSTER', 'INFO')), { timeout: 10_000 }).toContain('cluster_state:ok');
    await checkRedisIsSafe(link, prefix, soon);
    const [first, second] = both.map((stationId) => openRedisClaims({ link, stationId, stations: both, prefix }));
    await first?.publish([{ orderId: 'old', fence: 4, outcome: 'again', attempt: 2 }], 4, soon);
    await second?.publish([], 0, soon);
    expect(await second?.claim('A', soon)).toEqual({ kind: 'claimed', fence: 5 });
    expect(await second?.passOn('A', 5, 1, soon)).toBe(true);
    await retireStation({ link, prefix }, 'st1', 'Kim', soon);
    await settleForStation({ link, prefix }, 'old', 'st1', 'refused', soon);
    await openRoster(link, prefix).announce({ station: 'st1', words: ['blank:piv'], at: 1, idle: true }, soon);
    await openWithdrawalNotices(link, prefix).put(['W'], soon);
    const cipher = opened.use(DataCipher.from(Secret.take(new Uint8Array(32).fill(3))));
    await openShelf(link, prefix, cipher).lay({ orderId: 'A', contentHash: 'h', payload: '{}', files: [] }, soon);
    const queue = opened.use(openLaneQueue(link, prefix, 'cards'));
    const taken: string[] = [];
    opened.use(openLaneWorker({ link, queue, prefix, commonLane: 'cards', lanes: async () => ['cards-a'], stationId: 'st1', clock: systemClock, onFault: (_id, error) => { throw error; }, handler: async (orderId) => { taken.push(orderId); return orderId === 'later' && taken.length < 3 ? { deferMs: 20 } : 'done'; } }));
    await queue.enqueueAll([{ orderId: 'A', priority: 1 }, { orderId: 'later', priority: 2, lane: 'cards-a' }], soon);
    await expect.poll(() => taken.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    const keys = await link.client.keys('*');
    expect(keys.length).toBeGreaterThan(15);
    const slots = new Set(await Promise.all(keys.map(async (key) => link.client.call('CLUSTER', 'KEYSLOT', key))));
    expect([slots.size, keys.filter((key) => !key.startsWith(prefix))]).toEqual([1, []]);
  });
});
