import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderView } from '../../daemon/station/station-desk.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { openControl } from '../../simulator/script/control-client.ts';
import { readEndpoints } from '../../simulator/machine/endpoints.ts';
import { readPlasticLog } from '../../simulator/machine/plastic-log.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { SiteRedis } from '../faults/own-redis.ts';
import { kortverk } from '../support/kortverk-command.ts';
import { ServingDaemon, until } from '../support/serving-daemon.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const sample = (id: string): string => join(packageRoot(), 'samples', 'batch', `ID06-${id}.json`);
const minutes = (count: number): number => count * 60_000;
const stationIds = ['st1', 'st2'] as const;
type StationId = (typeof stationIds)[number];

/** Two daemons with a machine each on one Redis: orders come in at the first, which has no MIFARE blanks. */
describe('two stations of one site', () => {
  let folder: TemporaryFolder;
  let redis: SiteRedis;
  const daemons = new Map<StationId, ServingDaemon>();
  const dirOf = (id: StationId): string => join(folder.path, id);

  beforeAll(async () => {
    folder = await temporaryFolder('site');
    redis = await SiteRedis.open(folder.path, { requirepass: 'rot-slott-älg' });
    await writeFile(join(folder.path, 'redis.password'), 'rot-slott-älg\n');
    await writeFile(join(folder.path, 'site.key'), `${randomBytes(32).toString('hex')}\n`);
    await Promise.all(stationIds.map(start));
  }, minutes(2));

  afterAll(async () => {
    for (const daemon of daemons.values()) await daemon.end('SIGTERM');
    for (const id of stationIds) await endMachine(dirOf(id));
    await redis[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  }, minutes(2));

  async function start(id: StationId): Promise<void> {
    const first = stationIds.indexOf(id) * 400_000 + 1;
    const settings = {
      station: {
        id,
        stations: stationIds,
        cardNumbers: { prefix: 'BB', first, last: first + 399_999 },
        blanks: id === 'st1' ? ['piv'] : ['mifare+piv', 'piv'],
        sharing: { keyFile: join(folder.path, 'site.key'), remake: 'elsewhere' },
      },
      queue: { kind: 'server', host: '127.0.0.1', port: redis.port, passwordFile: join(folder.path, 'redis.password') },
    };
    await mkdir(dirOf(id), { recursive: true });
    await writeFile(join(dirOf(id), 'settings.json'), JSON.stringify(settings));
    const daemon = new ServingDaemon(dirOf(id), '--settings', join(dirOf(id), 'settings.json'));
    daemons.set(id, daemon);
    await daemon.serving();
  }

  function at(id: StationId): ServingDaemon['desk'] {
    const daemon = daemons.get(id);
    if (daemon === undefined) throw new Error(`${id} was not started`);
    return daemon.desk;
  }

  /** Null while the station does not know the order. */
  async function viewAt(id: StationId, orderId: string): Promise<OrderView | null> {
    return at(id).showOrder({ orderId }).catch(() => null);
  }

  async function stateAt(id: StationId, orderId: string): Promise<string | undefined> {
    return (await viewAt(id, orderId))?.summary.state;
  }

  async function isFed(id: StationId, orderId: string): Promise<boolean> {
    return (await viewAt(id, orderId))?.records.some(({ entry }) => entry.kind === 'fed') ?? false;
  }

  async function control(id: StationId): Promise<Awaited<ReturnType<typeof openControl>>> {
    const endpoints = await readEndpoints(join(dirOf(id), 'machine'));
    if (endpoints === null) throw new Error(`the machine of ${id} does not run`);
    return openControl(endpoints.controlSocket);
  }

  async function arm(id: StationId, fault: string): Promise<void> {
    await using wires = await control(id);
    await wires.ask<'arm-fault'>({ do: 'arm-fault', fault });
  }

  const cardsOut = (id: StationId): number => readPlasticLog(join(dirOf(id), 'machine', 'plastic.ndjson')).filter(({ event }) => event.what === 'output').length;

  test('make each order once, at a station that can: one that has no blanks for it gives it to the other', { timeout: minutes(3) }, async () => {
    const orders = ['10001', '10002', '10003', '10004', '10009'];
    await at('st1').submitOrders({ paths: orders.map(sample) });
    const isOver = async (): Promise<boolean> => {
      const states = await Promise.all(orders.map((id) => stateAt('st1', `ID06-${id}`)));
      return states.every((state) => state === 'PRODUCED' || state === 'MADE_ELSEWHERE');
    };
    expect(await until(isOver)).toBe(true);
    for (const id of ['10001', '10002']) expect([await stateAt('st1', `ID06-${id}`), await stateAt('st2', `ID06-${id}`)]).toEqual(['MADE_ELSEWHERE', 'PRODUCED']);
    const made = async (id: StationId): Promise<readonly string[]> => (await at(id).listOrders({ states: ['PRODUCED'] })).map(({ orderId }) => orderId);
    const all = { st1: await made('st1'), st2: await made('st2') };
    expect([...all.st1, ...all.st2].toSorted()).toEqual(orders.map((id) => `ID06-${id}`));
    for (const id of stationIds) expect(checkPlastic(join(dirOf(id), 'machine', 'plastic.ndjson'), join(dirOf(id), 'station', 'journal.sqlite'), all[id]).violations).toEqual([]);
  });

  test('need no Redis between claim and report: one that is frozen while a card is made is told of it afterwards', { timeout: minutes(2) }, async () => {
    const before = cardsOut('st2');
    await at('st1').submitOrders({ paths: [sample('10005')] });
    expect(await until(() => isFed('st2', 'ID06-10005'), 20)).toBe(true);
    redis.freeze();
    expect(await until(() => cardsOut('st2') === before + 1, 50)).toBe(true);
    redis.thaw();
    expect(await until(async () => (await stateAt('st1', 'ID06-10005')) === 'MADE_ELSEWHERE')).toBe(true);
    expect(await stateAt('st2', 'ID06-10005')).toBe('PRODUCED');
  });

  test('scrap a card in the machine of one when its order is taken back at the other, and retire its number', { timeout: minutes(2) }, async () => {
    await using wires = await control('st2');
    await wires.ask<'set-time-factor'>({ do: 'set-time-factor', factor: 0.2 });
    await at('st1').submitOrders({ paths: [sample('10006')] });
    expect(await until(() => isFed('st2', 'ID06-10006'), 20)).toBe(true);
    expect(await at('st1').withdrawOrder({ orderId: 'ID06-10006', by: 'Kim' })).toEqual({ orderId: 'ID06-10006', state: 'WITHDRAWN' });
    expect(await until(async () => (await viewAt('st2', 'ID06-10006'))?.records.at(-1)?.entry.kind === 'reported')).toBe(true);
    await wires.ask<'set-time-factor'>({ do: 'set-time-factor', factor: 0 });
    const { summary, blanks, cardNumbers } = (await viewAt('st2', 'ID06-10006')) as OrderView;
    expect({ state: summary.state, fates: blanks.map(({ fate }) => fate), numbers: cardNumbers.map(({ state }) => state) }).toEqual({ state: 'WITHDRAWN', fates: ['rejected'], numbers: ['retired'] });
  });

  test('make the next card of an order whose card was scrapped at the other, with attempts counted on and every number but the last retired', { timeout: minutes(2) }, async () => {
    await Promise.all(stationIds.map((id) => arm(id, 'card-dead@contactless:1')));
    const attemptsOf = (view: OrderView): readonly number[] => [...new Set(view.records.map(({ attempt }) => attempt))];
    await at('st1').submitOrders({ paths: [sample('10012')] });
    const orderId = 'ID06-10012';
    expect(await until(async () => ['PRODUCED', 'MADE_ELSEWHERE'].includes((await stateAt('st1', orderId)) ?? ''))).toBe(true);
    const views = (await Promise.all(stationIds.map((id) => viewAt(id, orderId)))).filter((view) => view !== null);
    const settled = views.flatMap(({ records }) => records.flatMap(({ attempt, entry }) => (entry.kind === 'settled' ? [`${attempt} ${entry.outcome}`] : []))).toSorted();
    expect(settled).toEqual(['1 again', '2 again', '3 finished']);
    expect(views).toHaveLength(2);
    expect(views.flatMap(attemptsOf).toSorted((one, other) => one - other)).toEqual([1, 2, 3]);
    expect(views.flatMap(({ cardNumbers }) => cardNumbers.map(({ attempt, state }) => `${attempt} ${state === 'retired'}`)).toSorted()).toEqual(['1 true', '2 true', '3 false']);
    expect(views.flatMap(({ blanks }) => blanks.map(({ attempt, fate }) => `${attempt} ${fate}`)).toSorted()).toEqual(['1 rejected', '2 rejected', '3 good']);
  });

  test('are listed with what they can do; one that works is not retired', { timeout: minutes(1) }, async () => {
    const config = join(dirOf('st1'), 'kortverk.json');
    const listed = await kortverk('stations', 'list', '--config', config);
    expect(listed.out).toContain('blank:mifare+piv');
    expect(listed.out).toMatch(/^st1 {2}free$/m);
    expect((await kortverk('stations', 'retire', 'st2', '--by', 'Kim', '--config', config)).err).toMatch(/^CLI-USAGE.*end its daemon first/);
  });
});
