import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { redisPrefix as prefix, remoteEndpoint } from '../../../../daemon/compose-redis.ts';
import { stationConfigSchema } from '../../../../daemon/config/station-config.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../../../drivers/contracts/disposal.ts';
import { openLaneQueue } from '../../../../queue/bullmq/lane-queue.ts';
import { openLaneWorker } from '../../../../queue/bullmq/lane-worker.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import { checkRedisIsSafe } from '../../../../queue/redis/redis-gate.ts';
import { openRedisLink, type RedisLink } from '../../../../queue/redis/redis-link.ts';
import { freePort } from '../../../support/free-port.ts';
import { RedisProgram } from '../../../support/queue/redis-program.ts';
import { patience } from '../../../support/queue/test-redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const password = 'björk';
const soon = patience();

/** Three nodes that share the slots, and a copy of the one that holds ours. */
describe('A station of a Redis Cluster', { timeout: 60_000 }, () => {
  let folder: TemporaryFolder;
  let opened: DisposalStack;
  const nodes = new Map<number, RedisProgram>();
  let ports: readonly number[];
  let copyPort: number;

  function cli(port: number, ...args: readonly string[]): string {
    return execFileSync('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...args], { encoding: 'utf8', env: { ...process.env, REDISCLI_AUTH: password } });
  }

  async function startNode(): Promise<number> {
    const [port, busPort] = [await freePort(), await freePort()];
    nodes.set(port, opened.use(await RedisProgram.clusterNode(join(folder.path, String(port)), port, busPort, '--requirepass', password, '--masterauth', password)));
    return port;
  }

  /** The port of the node that holds our keys, as the cluster says. */
  function holder(): number {
    for (const port of ports) {
      const line = nodes.get(port)?.running === true ? cli(port, 'CLUSTER', 'NODES').split('\n').find((text) => text.includes('myself,master')) : undefined;
      const slot = Number(cli(port, 'CLUSTER', 'KEYSLOT', prefix));
      if (line?.split(' ').slice(8).some((range) => { const [first = 0, last = first] = range.split('-').map(Number); return first <= slot && slot <= last; })) return port;
    }
    return 0;
  }

  async function connect(known: readonly number[]): Promise<RedisLink> {
    const passwordFile = join(folder.path, 'password');
    writeFileSync(passwordFile, `${password}\n`);
    const queue = stationConfigSchema.shape.queue.parse({ kind: 'cluster', nodes: known.map((port) => ({ host: '127.0.0.1', port })), passwordFile });
    if (queue.kind !== 'cluster') throw new Error('not a cluster');
    return opened.use(await openRedisLink({ endpoint: remoteEndpoint(queue), clock: systemClock, name: 'test', onError: () => undefined }, soon));
  }

  const portOf = async (link: RedisLink): Promise<number> => Number(/tcp_port:(\d+)/.exec(await link.run(soon, (client) => client.info('server')))?.[1]);

  beforeAll(async () => {
    folder = await temporaryFolder('cluster');
    opened = new DisposalStack();
    const masters = [await startNode(), await startNode(), await startNode()];
    cli(0, '--cluster', 'create', ...masters.map((port) => `127.0.0.1:${port}`), '--cluster-yes');
    ports = masters;
    await vi.waitFor(() => expect(holder()).toBeGreaterThan(0), { timeout: 15_000 });
    copyPort = await startNode();
    const id = cli(holder(), 'CLUSTER', 'MYID').trim();
    cli(0, '--cluster', 'add-node', `127.0.0.1:${copyPort}`, `127.0.0.1:${masters[0] ?? 0}`, '--cluster-slave', '--cluster-master-id', id);
    await vi.waitFor(() => expect(cli(copyPort, 'INFO', 'replication')).toContain('master_link_status:up'), { timeout: 15_000 });
    ports = [...masters, copyPort];
  }, 60_000);

  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('finds the node that holds its keys by asking another, keeps claims and orders there, and follows it through a change of roles and a death, each of which puts up the barrier', async () => {
    const first = holder();
    const others = ports.filter((port) => port !== first && port !== copyPort);
    const link = await connect(others);
    expect(await portOf(link)).toBe(first);
    await checkRedisIsSafe(link, prefix, soon);
    const claims = openRedisClaims({ link, stationId: 'st1', stations: ['st1'], prefix });
    await claims.publish([], 0, soon);
    expect(await claims.claim('A', soon)).toEqual({ kind: 'claimed', fence: 1 });

    const queue = opened.use(openLaneQueue(link, prefix, 'cards'));
    const made: string[] = [];
    opened.use(openLaneWorker({ link, queue, prefix, commonLane: 'cards', lanes: null, stationId: 'st1', clock: systemClock, onFault: () => undefined, handler: async (orderId) => { made.push(orderId); return Promise.resolve('done'); } }));
    await queue.enqueue({ orderId: 'A', priority: 1 }, soon);
    await expect.poll(() => made, { timeout: 10_000 }).toEqual(['A']);

    // The roles change while both live: the former holder says MOVED.
    cli(copyPort, 'CLUSTER', 'FAILOVER');
    await expect.poll(holder, { timeout: 15_000 }).toBe(copyPort);
    expect(await claims.claim('A', soon)).toEqual({ kind: 'barrier', waitingFor: ['st1'] });
    expect(await portOf(link)).toBe(copyPort);
    await claims.publish([{ orderId: 'A', fence: 1, outcome: null }], 1, soon);
    expect(await claims.claim('A', soon)).toEqual({ kind: 'claimed', fence: 1 });
    await queue.enqueue({ orderId: 'B', priority: 1 }, soon);
    await expect.poll(() => made, { timeout: 15_000 }).toEqual(['A', 'B']);

    // The holder dies: its copy takes over.
    await expect.poll(() => cli(first, 'INFO', 'replication'), { timeout: 15_000 }).toContain('master_link_status:up');
    await nodes.get(copyPort)?.kill();
    expect(await claims.claim('A', patience(30_000))).toEqual({ kind: 'barrier', waitingFor: ['st1'] });
    expect(await portOf(link)).toBe(first);
    await queue.enqueue({ orderId: 'C', priority: 1 }, soon);
    await expect.poll(() => made, { timeout: 15_000 }).toEqual(['A', 'B', 'C']);
  });

  it('waits for a cluster of which nobody answers until its deadline', async () => {
    const endpoint = { kind: 'cluster', nodes: [{ host: '127.0.0.1', port: await freePort() }], tag: prefix } as const;
    const said: string[] = [];
    await expect(openRedisLink({ endpoint, clock: systemClock, name: 'test', onError: ({ message }) => said.push(message) }, patience(700))).rejects.toMatchObject({ code: 'QUE-UNAVAILABLE' });
    expect(said.join()).toContain('does not say who holds our keys');
  });
});
