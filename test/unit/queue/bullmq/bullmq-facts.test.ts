import { DelayedError, type Processor } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { bareQueueSuite } from '../../../support/queue/queue-suite.ts';

/** Facts of BullMQ that the queue room stands on, measured for version 6.7.0: an upgrade that changes one fails here. */
describe('BullMQ', () => {
  const suite = bareQueueSuite('facts');
  const { work, add } = suite;

  async function firstCall(makeProcessor: (call: (...values: readonly unknown[]) => void) => Processor): Promise<readonly unknown[]> {
    await add('ORD-1');
    return new Promise((resolve) => {
      work(makeProcessor((...values) => resolve(values)));
    });
  }

  it('hands the signal to a processor with three declared parameters', async () => {
    const seen = await firstCall((call) => async (_job, _token, signal) => Promise.resolve(call(signal)));
    expect(seen[0]).toBeInstanceOf(AbortSignal);
  });

  it('hands no signal to a processor that declares its parameters as a rest', async () => {
    const seen = await firstCall((call) => async (...values) => Promise.resolve(call(values[2])));
    expect(seen[0]).toBeUndefined();
  });

  it('refuses job ids with a colon and of digits only', async () => {
    await expect(suite.queue.add('produce', {}, { jobId: 'ORD:1' })).rejects.toThrow(/:/);
    await expect(suite.queue.add('produce', {}, { jobId: '1234' })).rejects.toThrow(/integers/i);
  });

  it('takes a job without priority before one of priority 1: so every job has one', async () => {
    await suite.queue.add('produce', {}, { jobId: 'ORD-first', priority: 1 });
    await suite.queue.add('produce', {}, { jobId: 'ORD-without' });
    const taken: (string | undefined)[] = [];
    work(async (job) => Promise.resolve(void taken.push(job.id)));
    await expect.poll(() => taken).toEqual(['ORD-without', 'ORD-first']);
  });

  it('refuses a priority above the last place', async () => {
    await expect(suite.queue.add('produce', {}, { jobId: 'ORD-1', priority: 2_097_152 })).rejects.toThrow(/priority/i);
    await expect(suite.queue.add('produce', {}, { jobId: 'ORD-1', priority: 2_097_151 })).resolves.toBeDefined();
  });

  it('ignores a second job of the same id while the first is kept, also when that is finished', async () => {
    let runs = 0;
    work(async () => Promise.resolve(void (runs += 1)));
    await add('ORD-1');
    await expect.poll(async () => suite.queue.getJobState('ORD-1')).toBe('completed');
    await add('ORD-1');
    await systemClock.sleep(300, new AbortController().signal);
    expect(runs).toBe(1);
  });

  it('lets anyone change the data of a job that another holds: so no step is ever kept there', async () => {
    let release: () => void = () => undefined;
    work(async () => new Promise<void>((resolve) => { release = resolve; }));
    const job = await suite.queue.add('produce', { step: 1 }, { jobId: 'ORD-1', priority: 1 });
    await expect.poll(async () => suite.queue.getJobState('ORD-1')).toBe('active');
    await job.updateData({ step: 9 });
    expect((await suite.queue.getJob('ORD-1'))?.data).toEqual({ step: 9 });
    release();
  });

  it('runs a job again whose lock ended while its worker went on: so a job is never a permission', async () => {
    let starts = 0;
    const hold = new AbortController();
    const processor: Processor = async () => {
      starts += 1;
      await systemClock.sleep(30_000, hold.signal).catch(() => undefined);
    };
    work(processor, { lockDuration: 30_000, stalledInterval: 300, maxStalledCount: 1_000 });
    await add('ORD-1');
    await expect.poll(() => starts).toBe(1);
    await suite.link.client.del(`{facts}:${suite.queue.name}:ORD-1:lock`);
    work(processor, { lockDuration: 30_000, stalledInterval: 300, maxStalledCount: 1_000 });
    await expect.poll(() => starts, { timeout: 10_000 }).toBe(2);
    hold.abort();
  });

  it('keeps the priority of a job that was put off', async () => {
    const taken: (string | undefined)[] = [];
    await suite.queue.add('produce', {}, { jobId: 'ORD-A', priority: 3 });
    work(async (job, token) => {
      taken.push(job.id);
      if (taken.length > 1) return;
      await job.moveToDelayed(systemClock.now() + 200, token);
      throw new DelayedError();
    });
    await expect.poll(() => taken.length, { timeout: 5_000 }).toBe(2);
    expect((await suite.queue.getJob('ORD-A'))?.priority).toBe(3);
  });
});
