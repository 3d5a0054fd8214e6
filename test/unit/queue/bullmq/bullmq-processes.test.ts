import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Job, Queue, Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { startProgram } from '../../../support/child-program.ts';
import { bareQueueSuite } from '../../../support/queue/queue-suite.ts';
import type { TestRedis } from '../../../support/queue/test-redis.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const pause = (ms: number): Promise<void> => systemClock.sleep(ms, new AbortController().signal);

/** Facts of BullMQ's processes, events and surface, measured for version 6.7.0 (queue.md 1.1, 1.2, 1.5): an upgrade that changes one fails here. */
describe('BullMQ', () => {
  const suite = bareQueueSuite('processes');
  const { work, add, becomes } = suite;

  const socket = (redis: TestRedis): string => (redis.server.endpoint.kind === 'socket' ? redis.server.endpoint.path : '');

  it('tells that a lock could not be renewed, and raises no signal by itself: so the station does', async () => {
    let seen: AbortSignal | undefined;
    let release: () => void = () => undefined;
    const { worker } = work(async (_job, _token, signal) => {
      seen = signal;
      await new Promise<void>((resolve) => { release = resolve; });
    }, { lockDuration: 600, stalledInterval: 30_000 });
    const told: string[] = [];
    worker.on('lockRenewalFailed', (ids) => told.push(...ids));
    await add('ORD-1');
    await becomes('ORD-1', 'active');
    await suite.link.client.del(`{processes}:${suite.queue.name}:ORD-1:lock`);
    await expect.poll(() => told, { timeout: 5_000 }).toContain('ORD-1');
    expect(seen?.aborted).toBe(false);
    release();
  });

  it('keeps about ten thousand events and forgets the older ones: so they are no source of truth', async () => {
    const jobs = Array.from({ length: 6_500 }, (_, index) => ({ name: 'produce', data: {}, opts: { jobId: `ORD-${index}` } }));
    await suite.queue.addBulk(jobs);
    const kept = await suite.link.client.xlen(`{processes}:${suite.queue.name}:events`);
    // Two events a job; the server trims in whole nodes.
    expect(kept).toBeGreaterThanOrEqual(10_000);
    expect(kept).toBeLessThan(10_500);
  });

  it('has no way to the client, to the server’s version, or to discard a job any more', () => {
    expect(['client' in suite.queue, 'redisVersion' in suite.queue, 'blockingClient' in Worker.prototype, 'discard' in Job.prototype, 'getRepeatableJobs' in Queue.prototype]).toEqual([false, false, false, false, false]);
  });

  it.each([['process', true], ['thread', false]])('lets a sandbox that is a %s go on after its parent was killed: %s', async (kind, goesOn) => {
    await using folder = await temporaryFolder('sandbox');
    const file = join(folder.path, 'steps');
    await using parent = startProgram('test/support/queue/sandbox-parent', [socket(suite.redis), suite.queue.name, kind]);
    await parent.untilLines(1);
    await suite.queue.add('produce', { file }, { jobId: 'ORD-1', priority: 1 });
    const steps = (): number => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
    await expect.poll(steps, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
    parent.kill('SIGKILL');
    await parent.ended();
    await pause(100);
    const atDeath = steps();
    await pause(700);
    expect(steps() - atDeath > 0).toBe(goesOn);
    // An orphan ends with its fortieth step.
    if (goesOn) await expect.poll(steps, { timeout: 15_000 }).toBe(40);
  });
});
