import { UnrecoverableError, Worker, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { bareQueueSuite } from '../../../support/queue/queue-suite.ts';

const never = new AbortController().signal;
const pause = (ms: number): Promise<void> => systemClock.sleep(ms, never);

/** Facts of BullMQ's locks, stalls and ends, measured for version 6.7.0 (suite.queue.md 1.2 to 1.5): an upgrade that changes one fails here. */
describe('BullMQ', () => {
  const suite = bareQueueSuite('locks');
  const { work, add, becomes } = suite;
  let release: () => void;
  let held: Promise<void>;

  beforeEach(() => {
    held = new Promise((resolve) => { release = resolve; });
  });

  afterEach(() => release());

  const loseLock = (jobId: string): Promise<number> => suite.link.client.del(`{locks}:${suite.queue.name}:${jobId}:lock`);

  it('refuses a connection of a worker that would give a command up', async () => {
    const impatient = new Redis({ path: '/nonexistent', lazyConnect: true, maxRetriesPerRequest: 20 });
    impatient.on('error', () => undefined);
    expect(() => new Worker(suite.queue.name, async () => undefined, { connection: impatient, prefix: '{locks}', autorun: false })).toThrow(/maxRetriesPerRequest/);
    impatient.disconnect();
  });

  it('counts each start of a job with its taking', async () => {
    const starts: number[] = [];
    work(async (job) => { starts.push(job.attemptsStarted); await held; }, { lockDuration: 30_000, stalledInterval: 200, maxStalledCount: 1_000 });
    await add('ORD-1');
    await expect.poll(() => starts).toEqual([1]);
    await loseLock('ORD-1');
    work(async (job) => { starts.push(job.attemptsStarted); await held; }, { lockDuration: 30_000, stalledInterval: 200, maxStalledCount: 1_000 });
    await expect.poll(() => starts, { timeout: 8_000 }).toEqual([1, 2]);
  });

  it.each([[0, 1], [1, 2]])('with maxStalledCount %i fails a job at stall %i without calling anybody; a retry brings it back', async (maxStalledCount, stalls) => {
    let starts = 0;
    work(async () => { starts += 1; await held; }, { concurrency: 3, lockDuration: 30_000, stalledInterval: 200, maxStalledCount });
    await add('ORD-1');
    for (let stall = 1; stall <= stalls; stall += 1) {
      await expect.poll(() => starts, { timeout: 8_000 }).toBe(stall);
      await loseLock('ORD-1');
    }
    await becomes('ORD-1', 'failed');
    const job = await suite.queue.getJob('ORD-1');
    expect([starts, job?.failedReason]).toEqual([stalls, 'job stalled more than allowable limit']);
    await job?.retry();
    await expect.poll(() => starts, { timeout: 8_000 }).toBe(stalls + 1);
  });

  it('refuses the end of a job whose lock is gone, and the job runs again', async () => {
    let starts = 0;
    const { errors } = work(async () => { starts += 1; if (starts === 1) await held; }, { lockDuration: 30_000, stalledInterval: 200, maxStalledCount: 1_000, runRetryDelay: 100 });
    await add('ORD-1');
    await expect.poll(() => starts).toBe(1);
    await loseLock('ORD-1');
    release();
    await expect.poll(() => errors.some((error) => error.includes('Missing lock')), { timeout: 8_000 }).toBe(true);
    await expect.poll(() => starts, { timeout: 8_000 }).toBe(2);
  });

  it('refuses the end of a job that another has taken meanwhile', async () => {
    const { errors } = work(async () => held, { lockDuration: 30_000, runRetryDelay: 100 });
    await add('ORD-1');
    await becomes('ORD-1', 'active');
    await suite.link.client.set(`{locks}:${suite.queue.name}:ORD-1:lock`, 'another worker', 'PX', 30_000);
    release();
    await expect.poll(() => errors.some((error) => error.includes('Lock mismatch')), { timeout: 8_000 }).toBe(true);
    expect(await suite.queue.getJobState('ORD-1')).toBe('active');
  });

  it('lets anyone tell the progress and the log of a job that another holds', async () => {
    work(async () => held);
    await add('ORD-1');
    await becomes('ORD-1', 'active');
    const job = await suite.queue.getJob('ORD-1');
    await job?.updateProgress(99);
    await job?.log('a word of somebody else');
    expect([(await suite.queue.getJob('ORD-1'))?.progress, (await suite.queue.getJobLogs('ORD-1')).logs]).toEqual([99, ['a word of somebody else']]);
  });

  it('runs the same id again when finished jobs are removed, and when a deduplication has ended with its job: neither remembers', async () => {
    const ran: (string | undefined)[] = [];
    work(async (job) => Promise.resolve(void ran.push(job.id)));
    for (let round = 1; round <= 2; round += 1) {
      await add('ORD-1', { removeOnComplete: true });
      await expect.poll(() => ran.length).toBe(round);
      await becomes('ORD-1', 'unknown');
    }
    for (let round = 3; round <= 4; round += 1) {
      const job = await suite.queue.add('produce', {}, { priority: 1, deduplication: { id: 'one' } });
      await expect.poll(() => ran.length).toBe(round);
      await becomes(job.id ?? '', 'completed');
    }
    expect(ran.slice(0, 2)).toEqual(['ORD-1', 'ORD-1']);
  });

  it('waits for the job in hand when closed, and does not when forced: then the job stays active', async () => {
    const { worker } = work(async () => held);
    await add('ORD-1');
    await becomes('ORD-1', 'active');
    let closed = false;
    const closing = worker.close().then(() => { closed = true; });
    await pause(300);
    expect(closed).toBe(false);
    release();
    await closing;
    expect(await suite.queue.getJobState('ORD-1')).toBe('completed');
    const { worker: other } = work(async () => new Promise<void>(() => undefined));
    await add('ORD-2');
    await becomes('ORD-2', 'active');
    await other.close(true);
    expect(await suite.queue.getJobState('ORD-2')).toBe('active');
  });

  it('waits for the job in hand when paused, and takes no other', async () => {
    const { worker } = work(async () => held);
    await add('ORD-1');
    await becomes('ORD-1', 'active');
    await add('ORD-2');
    let paused = false;
    const pausing = worker.pause().then(() => { paused = true; });
    await pause(200);
    expect(paused).toBe(false);
    release();
    await pausing;
    await pause(300);
    expect([await suite.queue.getJobState('ORD-1'), await suite.queue.getJobState('ORD-2')]).toEqual(['completed', 'prioritized']);
  });

  it('counts the jobs of a paused queue among the waiting ones', async () => {
    await suite.queue.pause();
    await add('ORD-1');
    await suite.queue.add('produce', {}, { jobId: 'ORD-2' });
    expect(await suite.queue.getJobCounts('waiting', 'prioritized')).toMatchObject({ waiting: 1, prioritized: 1 });
  });

  it('gives a job by hand to a worker without a processor, under a token of its choice', async () => {
    const { worker } = work(null);
    await add('ORD-1');
    const job = await worker.getNextJob('st1:7');
    expect(job?.id).toBe('ORD-1');
    expect(await suite.link.client.get(`{locks}:${suite.queue.name}:ORD-1:lock`)).toBe('st1:7');
    await job?.moveToCompleted('done', 'st1:7', false);
    expect(await suite.queue.getJobState('ORD-1')).toBe('completed');
  });

  it('caps all workers together', async () => {
    await suite.queue.setGlobalConcurrency(1);
    let most = 0;
    let now = 0;
    const processor: Processor = async () => { now += 1; most = Math.max(most, now); await pause(150); now -= 1; };
    work(processor);
    work(processor);
    for (const jobId of ['ORD-1', 'ORD-2', 'ORD-3']) await add(jobId);
    await becomes('ORD-3', 'completed');
    await becomes('ORD-2', 'completed');
    expect(most).toBe(1);
  });

  it('does not try a job again that says that it cannot be done, however many attempts it has', async () => {
    let starts = 0;
    work(async () => { starts += 1; throw new UnrecoverableError('never'); });
    await add('ORD-1', { attempts: 5 });
    await becomes('ORD-1', 'failed');
    await pause(200);
    expect(starts).toBe(1);
  });
});
