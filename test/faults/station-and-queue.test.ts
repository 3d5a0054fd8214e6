import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCore } from '../../daemon/compose-core.ts';
import { checkStanding, openQueue } from '../../daemon/compose-queue.ts';
import { redisPrefix } from '../../daemon/compose-redis.ts';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import { answerHold, openHolds } from '../../daemon/produce/answer-hold.ts';
import type { ProductionObserver } from '../../daemon/produce/station-parts.ts';
import { mostMends, nobodyThere, type Attendant } from '../../daemon/station/attendant.ts';
import { Production } from '../../daemon/station/production.ts';
import { runBatch } from '../../daemon/station/run-batch.ts';
import { OrderHandler, type WorkResult } from '../../daemon/station/order-handler.ts';
import { recoverAttempts } from '../../daemon/station/recover-attempts.ts';
import type { CardReader } from '../../drivers/contracts/channel.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { openRedisClaims } from '../../queue/claim/redis-claims.ts';
import { enrolStation, retireStation, settleForStation } from '../../queue/claim/retired-stations.ts';
import { openSqliteJournal } from '../../queue/journal/sqlite-journal.ts';
import { openRedisLink } from '../../queue/redis/redis-link.ts';
import { readPlasticLog } from '../../simulator/machine/plastic-log.ts';
import { drawnOnce } from '../campaign/in-process-station.ts';
import { patience } from '../support/queue/test-redis.ts';
import { beforePrinting, FaultBench, inWords } from './fault-bench.ts';
import { SiteRedis } from './own-redis.ts';

const never = new AbortController().signal;
const soon = patience();
const nobodyWatches: ProductionObserver = { effect: () => undefined, crosschecked: () => undefined };

/** What can go wrong with the station itself and with what stands beside it. */
describe('faults of the station, its journal and its queue', () => {
  let bench: FaultBench;

  beforeAll(async () => {
    bench = await FaultBench.open();
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  test('a station killed while it ejects a good card holds the order until a person has found the card', async () => {
    const orderId = 'ID06-10001';
    const ejected = async (): Promise<number> => readPlasticLog(bench.plasticLog).filter(({ event }) => event.what === 'output').length;
    await bench.fill('mifare+piv', 1);
    await bench.arm('no-answer@Se:2');
    await bench.restart({
      meanwhile: async () => {
        const before = await ejected();
        const args = ['batch', join(packageRoot(), 'samples', 'batch', `${orderId}.json`), '--simulate', '--dir', bench.dir];
        const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'daemon', 'cli', 'kortverk.js'), ...args], { stdio: 'ignore' });
        const ended = once(child, 'exit');
        while ((await ejected()) === before && child.exitCode === null) await sleep(20);
        child.kill('SIGKILL');
        expect(await ended).toEqual([null, 'SIGKILL']);
      },
    });
    bench.adopt(orderId);
    const said = await bench.produce(orderId);
    expect(inWords(said)).toBe('held: where-is-the-good-card');
    expect(openHolds(bench.core.journal)).toMatchObject([{ orderId, answers: ['in-output', 'in-reject', 'destroyed'] }]);
    expect(inWords(await bench.produce(orderId))).toBe('held: where-is-the-good-card');
    expect((await bench.attend(orderId, said)).map(inWords)).toEqual(['held: where-is-the-good-card', 'finished']);
    expect(bench.checkPlastic()).toMatchObject({ violations: [], good: 1, fed: 1 });
  });

  test('QUE-UNAVAILABLE: a queue that dies during a card costs nothing: the card is finished, and the outcome told when the queue is back', async () => {
    await using redis = await SiteRedis.open(bench.dir);
    const config = { ...bench.config, queue: redis.queue };
    const orderId = await bench.newOrder();
    const results: WorkResult[] = [];
    {
      await using opened = await openQueue(config, bench.core, () => undefined, never);
      const core = { ...bench.core, parts: beforePrinting(() => redis.kill())(bench.core.parts) };
      const handler = new OrderHandler(core, opened.queue, (_orderId, result) => results.push(result), never);
      await expect(handler.handle(orderId)).rejects.toMatchObject({ code: 'QUE-UNAVAILABLE' });
    }
    expect(bench.core.journal.outcomeOf(orderId)).toMatchObject({ outcome: 'finished', attempt: 1 });
    expect(bench.core.store.summaryOf(orderId)).toMatchObject({ state: 'PRODUCED' });
    expect(bench.core.journal.unreported()).toHaveLength(1);
    await redis.start();
    await using back = await openQueue(config, bench.core, () => undefined, never);
    expect(bench.core.journal.unreported()).toEqual([]);
    await expect(back.queue.claims.claim(orderId, { signal: never, timeoutMs: 5_000 })).resolves.toMatchObject({ kind: 'done', outcome: 'finished' });
    expect(bench.checkPlastic().violations).toEqual([]);
  });

  test('QUE-UNSAFE: a queue that does not sync what it acknowledges is refused by the name of the setting', async () => {
    await using redis = await SiteRedis.open(bench.dir, { appendfsync: 'everysec' });
    await expect(openQueue({ ...bench.config, queue: redis.queue }, bench.core, () => undefined, never)).rejects.toMatchObject({ code: 'QUE-UNSAFE', detail: { field: expect.stringContaining('appendfsync') as string } });
  });

  test('QUE-RETIRED: a retired station touches no card before a person enrols it anew; an order that was settled meanwhile is no longer its own', async () => {
    await using redis = await SiteRedis.open(join(bench.dir, 'site'));
    const config: StationConfig = { ...bench.config, queue: redis.queue, station: { ...bench.config.station, stations: [bench.config.station.id, 'other'] } };
    await using link = await openRedisLink({ endpoint: { kind: 'server', host: '127.0.0.1', port: redis.port }, clock: systemClock, name: 'test', onError: () => undefined }, soon);
    const server = { link, prefix: redisPrefix };
    const own = openRedisClaims({ ...server, stationId: config.station.id, stations: [config.station.id] });
    const orderId = await bench.newOrder();
    await own.publish([], 0, soon);
    expect(await own.claim(orderId, soon)).toMatchObject({ kind: 'claimed', fence: 1 });
    await expect(bench.produce(orderId, beforePrinting(async () => { throw new StationFault('STA-ABORTED'); }))).rejects.toMatchObject({ code: 'STA-ABORTED' });
    await retireStation(server, config.station.id, 'Kim', soon);
    await expect(checkStanding(config, bench.core, () => undefined, never)).rejects.toMatchObject({ code: 'QUE-RETIRED' });
    await expect(openQueue(config, bench.core, () => undefined, never)).rejects.toMatchObject({ code: 'QUE-RETIRED' });
    await settleForStation(server, orderId, config.station.id, 'remake', soon);
    await enrolStation(server, config.station.id, soon);
    await checkStanding(config, bench.core, () => undefined, never);
    await recoverAttempts(bench.core, nobodyThere, [], () => undefined, never);
    await using back = await openQueue(config, bench.core, () => undefined, never);
    expect(bench.core.journal.outcomeOf(orderId)).toMatchObject({ outcome: 'refused', attempt: 1 });
    expect(bench.core.store.blanks.entriesOf(orderId)).toMatchObject([{ fate: 'rejected' }]);
    expect(bench.core.store.summaryOf(orderId)).toMatchObject({ state: 'MADE_ELSEWHERE' });
    expect(bench.core.journal.unreported()).toEqual([]);
    const other = openRedisClaims({ ...server, stationId: 'other', stations: ['other'] });
    await other.publish([], 0, soon);
    expect(await other.claim(orderId, soon)).toMatchObject({ kind: 'claimed', attemptsBefore: 4 });
    expect(back.queue.site).toBeUndefined();
  });

  test('JRN-IN-USE: a second station on the same journal ends before it touches the machine', async () => {
    await bench.fill('mifare+piv', 1);
    const before = await bench.simulation.control.ask<'status'>({ do: 'status' });
    await expect(openCore(bench.config, systemClock, nobodyWatches, never)).rejects.toMatchObject({ code: 'JRN-IN-USE' });
    expect((await bench.simulation.control.ask<'status'>({ do: 'status' })).cards).toEqual(before.cards);
  });

  test('JRN-OTHER-BENCH: a journal of another printer is refused', async () => {
    const dataDir = join(bench.dir, 'other-station');
    await mkdir(dataDir);
    const journal = openSqliteJournal({ path: join(dataDir, 'journal.sqlite'), clock: systemClock });
    journal.bind('SERIAL-OF-ANOTHER');
    journal[Symbol.dispose]();
    await expect(openCore({ ...bench.config, dataDir }, systemClock, nobodyWatches, never)).rejects.toMatchObject({ code: 'JRN-OTHER-BENCH' });
  });

  test('PRN-OFFLINE: a printer that nobody answers for keeps the station from starting', async () => {
    const { printer } = bench.config.bench;
    const away = { ...printer, link: { kind: 'tcp' as const, host: '127.0.0.1', port: 9 } };
    const config = { ...bench.config, dataDir: join(bench.dir, 'third-station'), bench: { ...bench.config.bench, printer: away } };
    await expect(openCore(config, systemClock, nobodyWatches, never)).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
  });

  test('a person whose help does not help is asked ten times an order: an empty feeder ends the batch with what the machine says, an order that scraps every card stays held', async () => {
    await using opened = await openQueue(bench.config, bench.core, () => undefined, never);
    const helps = { mends: 0, answers: 0 };
    const willing: Attendant = {
      mend: async () => { helps.mends += 1; return true; },
      answer: async () => { helps.answers += 1; return 'remake'; },
    };
    const openWorker = opened.openWorker.bind(opened);
    const orderId = await bench.newOrder('piv', 0);
    const end = await runBatch(bench.core, opened.queue, { orderIds: [orderId], attendant: willing, listener: () => undefined, openWorker }, never, never);
    expect(end).toEqual({ kind: 'paused', reason: 'PRN-FEEDER-EMPTY', orderId, left: [orderId] });
    expect(helps).toEqual({ mends: mostMends, answers: 0 });

    await bench.fill('piv', 4 + mostMends + 1 + mostMends);
    const mute: CardReader = { name: 'mute', connect: async () => { throw new StationFault('ENC-MUTE'); }, [Symbol.asyncDispose]: async () => undefined };
    const { parts, renderer, store, journal } = bench.core;
    const core = { ...bench.core, renderer: drawnOnce(renderer), parts: { ...parts, bench: { ...parts.bench, contactless: mute } } };
    expect(await recoverAttempts(core, willing, [], () => undefined, never)).toBeNull();
    expect(helps).toEqual({ mends: mostMends, answers: mostMends });
    expect(openHolds(journal)).toMatchObject([{ orderId, question: 'another-blank', attempt: 4 + mostMends }]);

    answerHold(journal, orderId, 'remake', 'person of the test');
    store.setState(orderId, 'IN_PRODUCTION');
    const drain = new AbortController();
    const listener = (_orderId: string, { kind }: WorkResult): void => { if (kind === 'held' && helps.answers === 2 * mostMends) setImmediate(() => drain.abort()); };
    await new Production(core, opened.queue, { attendant: willing, keeper: null, listener, openWorker, onTrouble: () => undefined }, drain.signal, never).run();
    expect(helps).toEqual({ mends: mostMends, answers: 2 * mostMends });
    expect(openHolds(journal)).toMatchObject([{ orderId, attempt: 4 + mostMends + 1 + mostMends }]);
    expect(store.summaryOf(orderId)?.state).toBe('HELD');
    expect(bench.checkPlastic().violations).toEqual([]);
  });
});
