import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stationDesk } from '../../../../daemon/station/desk.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { BatchBench, batchEvents, type BatchModel } from './batch-bench.ts';

type Step = fc.AsyncCommand<BatchModel, BatchBench>;

/** A command: its name for the story that is told when it fails, and what it does to the station and to the model. */
function command(name: string, act: (bench: BatchBench, model: BatchModel) => Promise<void>): Step {
  return {
    check: () => true,
    async run(model, bench) {
      await act(bench, model);
      await bench.check(model);
    },
    toString: () => name,
  };
}

const nth = fc.nat({ max: 30 });
const submitting = fc.tuple(fc.boolean(), fc.nat({ max: 40 })).map(([express, due]) => command(`submit ${express ? 'express' : 'standard'} due ${due}`, (bench, model) => bench.submit(model, express, due)));
const beginning = fc.constant(command('the machine takes the next order', (bench, model) => bench.begin(model)));
const commands = [
  submitting, submitting, beginning, beginning,
  fc.integer({ min: 1, max: 3 }).map((limit) => command(`create of at most ${limit}`, (bench, model) => bench.create(model, limit))),
  fc.tuple(nth, fc.constantFrom<(typeof batchEvents)[number]>('start', 'start', 'start', ...batchEvents)).map(([which, event]) => command(`${event} batch ${which}`, (bench, model) => bench.change(model, which, event))),
  nth.map((which) => command(`withdraw order ${which}`, (bench, model) => bench.withdraw(model, which))),
  fc.constantFrom<'finished' | 'held' | 'refused'>('finished', 'finished', 'held', 'refused').map((outcome) => command(`the card ends ${outcome}`, (bench, model) => bench.end(model, outcome))),
  fc.constant(command('a person answers a hold', (bench, model) => bench.answer(model))),
];

describe('batches under any story', () => {
  test('an express order of a running batch comes before a standard one outside that is due earlier', async () => {
    await using folder = await temporaryFolder('batches', '/dev/shm');
    await using bench = new BatchBench(folder.path, stationDesk);
    const model: BatchModel = { orders: new Map(), batches: new Map(), inMachine: null };
    await bench.submit(model, false, 30);
    await bench.submit(model, true, 30);
    await bench.create(model, 2);
    await bench.change(model, 0, 'start');
    await bench.submit(model, false, 1);
    await bench.begin(model);
    expect(model.inMachine).toBe('O02');
    await bench.end(model, 'finished');
    await bench.begin(model);
    expect(model.inMachine).toBe('O03');
  });

  /** A story told by hand, where the random ones rarely come: the bench is checked after each of its steps. */
  async function tell(name: string, steps: readonly ((bench: BatchBench, model: BatchModel) => Promise<void>)[]): Promise<string | undefined> {
    await using folder = await temporaryFolder('batches', '/dev/shm');
    await using bench = new BatchBench(join(folder.path, name), stationDesk);
    const model: BatchModel = { orders: new Map(), batches: new Map(), inMachine: null };
    for (const step of steps) {
      await step(bench, model);
      await bench.check(model);
    }
    return model.batches.get('B1')?.state;
  }

  const submit = (bench: BatchBench, model: BatchModel): Promise<void> => bench.submit(model, false, 3);
  const change = (event: (typeof batchEvents)[number]) => (bench: BatchBench, model: BatchModel): Promise<void> => bench.change(model, 0, event);
  const create = (bench: BatchBench, model: BatchModel): Promise<void> => bench.create(model, 2);
  const begin = (bench: BatchBench, model: BatchModel): Promise<void> => bench.begin(model);

  test.each([['pause', 'PAUSED'], ['stop', 'CLOSED']] as const)('the orders of a running batch leave the queue at a %s', async (event, state) => {
    expect(await tell(event, [submit, submit, create, change('start'), change(event)])).toBe(state);
  });

  test('a batch goes on while an order of it is held', async () => {
    expect(await tell('held', [submit, submit, create, change('start'), begin, (bench, model) => bench.end(model, 'held'), begin, (bench, model) => bench.end(model, 'finished'), (bench, model) => bench.answer(model)])).toBe('RUNNING');
  });

  const runs = 60;
  test(`an order is in one batch, only running batches are made, each in its own order, express cuts in between cards: ${runs} stories of up to 40 commands`, { timeout: 120_000 }, async () => {
    // The rules are asked for, not the disk.
    await using folder = await temporaryFolder('batches', '/dev/shm');
    let story = 0;
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: 'max' }), async (told) => {
        story += 1;
        await using bench = new BatchBench(join(folder.path, String(story)), stationDesk);
        await fc.asyncModelRun(() => ({ model: { orders: new Map(), batches: new Map(), inMachine: null }, real: bench }), told);
      }),
      { numRuns: runs, seed: 20_261_122 },
    );
    expect(story).toBeGreaterThanOrEqual(runs);
  });
});
