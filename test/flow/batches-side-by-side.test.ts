import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { readEndpoints } from '../../simulator/machine/endpoints.ts';
import { openControl } from '../../simulator/script/control-client.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { kortverk } from '../support/kortverk-command.ts';
import { ServingDaemon, until } from '../support/serving-daemon.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const LOOK_MS = 50;
const number = (last: number): string => `ID06-${10_000 + last}`;
const sample = (last: number): string => join(packageRoot(), 'samples', 'batch', `${number(last)}.json`);
const minutes = (count: number): number => count * 60_000;

describe('batches of a daemon, and who counts their blanks', () => {
  let folder: TemporaryFolder;
  let dir = '';
  let daemon: ServingDaemon;

  beforeAll(async () => {
    folder = await temporaryFolder('side-by-side');
    dir = join(folder.path, 'station');
    daemon = new ServingDaemon(dir);
    await daemon.serving();
    await daemon.end('SIGTERM');
    await said('orders', 'submit', sample(1), sample(2), sample(3), sample(5));
    await said('batches', 'create', '--id', 'A', '--order', number(1), number(2));
    await said('batches', 'create', '--id', 'B', '--order', number(3), number(5));
    daemon = new ServingDaemon(dir);
    await daemon.serving();
  }, minutes(3));

  afterAll(async () => {
    await daemon.end('SIGTERM');
    await endMachine(dir);
    await folder[Symbol.asyncDispose]();
  }, minutes(2));

  async function said(...args: readonly string[]): Promise<void> {
    const ended = await kortverk(...args, '--config', join(dir, 'kortverk.json'));
    expect(`${ended.exit} ${ended.err}`, args.join(' ')).toBe('0 ');
  }

  const standing = async (batchId: string): Promise<readonly [string, number, number]> => {
    const { state, difference, tally } = await daemon.desk.showBatch({ batchId });
    return [state, difference, tally.good];
  };
  const isClosed = (batchId: string) => async (): Promise<boolean> => (await standing(batchId))[0] === 'CLOSED';
  const current = async (): Promise<string | null> => (await daemon.desk.status({})).current;
  const verdict = (orderIds: readonly string[]): readonly string[] => checkPlastic(join(dir, 'machine', 'plastic.ndjson'), join(dir, 'station', 'journal.sqlite'), orderIds).violations;

  test('two that run at once are both made to their ends, with an express order between their cards, and the counts of each close', { timeout: minutes(3) }, async () => {
    await daemon.desk.changeBatch({ batchId: 'A', event: 'start' });
    await daemon.desk.changeBatch({ batchId: 'B', event: 'start' });
    expect(await until(async () => [1, 2, 3, 5].map(number).includes((await current()) ?? ''), LOOK_MS)).toBe(true);
    await daemon.desk.submitOrders({ paths: [sample(4)] });
    expect(await until(isClosed('A'), LOOK_MS)).toBe(true);
    expect(await until(isClosed('B'), LOOK_MS)).toBe(true);
    const made = daemon.said.split('\n').flatMap((line) => /(ID06-\d+) {2}produced/.exec(line)?.[1] ?? []);
    expect(made.toSorted()).toEqual([1, 2, 3, 4, 5].map(number));
    expect(made.indexOf(number(4))).toBeLessThan(made.length - 1);
    const both = [await standing('A'), await standing('B')];
    expect(both.map(([state, difference]) => [state, difference])).toEqual([['CLOSED', 0], ['CLOSED', 0]]);
    // The express card is counted in the batch whose blank it took.
    expect(both.reduce((sum, [, , good]) => sum + good, 0)).toBe(5);
    const { running } = await daemon.desk.shift({});
    expect(running.lots).toMatchObject([{ lot: 'LOT-SIMULATED', expected: 0 }]);
    expect(verdict(made)).toEqual([]);
  });

  test('one whose daemon was killed counts also the blanks that a person laid in and nobody entered', { timeout: minutes(3) }, async () => {
    await daemon.end('SIGTERM');
    await said('orders', 'submit', sample(6), sample(9), sample(10));
    await said('batches', 'create', '--id', 'C', '--order', number(6), number(9), number(10));
    daemon = new ServingDaemon(dir);
    await daemon.serving();
    await daemon.desk.changeBatch({ batchId: 'C', event: 'start' });
    expect(await until(async () => (await current()) !== null, LOOK_MS)).toBe(true);
    await daemon.end('SIGKILL');
    const endpoints = await readEndpoints(join(dir, 'machine'));
    if (endpoints === null) throw new Error('the machine does not outlive its daemon');
    await using control = await openControl(endpoints.controlSocket, systemClock);
    await control.ask<'load-blanks'>({ do: 'load-blanks', count: 2, kind: 'mifare+piv', lot: 'LOT-SIMULATED' });
    daemon = new ServingDaemon(dir);
    await daemon.serving();
    expect(await until(isClosed('C'), LOOK_MS)).toBe(true);
    expect(await standing('C')).toEqual(['CLOSED', 0, 3]);
    expect(verdict([6, 9, 10].map(number))).toEqual([]);
  });
});
