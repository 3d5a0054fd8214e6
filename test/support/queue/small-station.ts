import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Wait } from '../../../drivers/contracts/clock.ts';
import { openOrderQueue } from '../../../queue/bullmq/order-queue.ts';
import { openOrderWorker } from '../../../queue/bullmq/order-worker.ts';
import type { HandlerAnswer } from '../../../queue/bullmq/work-queue.ts';
import { openClaimDesk, type ClaimDesk } from '../../../queue/claim/claim-desk.ts';
import { openRedisClaims } from '../../../queue/claim/redis-claims.ts';
import type { Journal } from '../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../queue/journal/sqlite-journal.ts';
import { openRedisLink } from '../../../queue/redis/redis-link.ts';
import { claimed, nothingInside, settled } from './journal-entries.ts';

/**
 * A station without a machine, as a process to be killed: real journal, claims, queue and worker; its plastic is a file to
 * which every card made is added as one line. It goes on where its journal ends: a feed that was announced happened
 * when the plastic says so.
 */
const [socket = '', stationId = '', stations = '', dir = '', plastic = ''] = process.argv.slice(2);
const ended = new AbortController();
const soon: Wait = { signal: ended.signal, timeoutMs: 20_000 };

function isMade(orderId: string): boolean {
  return existsSync(plastic) && readFileSync(plastic, 'utf8').split('\n').includes(`${orderId} ${stationId}`);
}

/** Makes the card, from wherever the journal ends. */
async function make(journal: Journal, orderId: string, fence: number): Promise<void> {
  const key = { orderId, attempt: 1, fence };
  const has = (kind: string): boolean => journal.recordsOf(orderId).some((record) => record.entry.kind === kind);
  if (!has('claimed')) journal.append(key, claimed);
  await systemClock.sleep(120, ended.signal);
  if (!has('feed-intent')) journal.append(key, { kind: 'feed-intent', evidence: nothingInside });
  if (!isMade(orderId)) appendFileSync(plastic, `${orderId} ${stationId}\n`);
  await systemClock.sleep(25, ended.signal);
  journal.append(key, settled('finished'));
}

async function report(journal: Journal, desk: ClaimDesk): Promise<void> {
  for (const { outcome, ...key } of journal.unreported()) {
    await desk.finish(key.orderId, key.fence, outcome, soon);
    journal.append(key, { kind: 'reported', outcome });
  }
}

async function handle(journal: Journal, desk: ClaimDesk, orderId: string): Promise<HandlerAnswer> {
  if (journal.outcomeOf(orderId) !== null) return 'done';
  const answer = await desk.claim(orderId, soon);
  switch (answer.kind) {
    case 'barrier':
      return { deferMs: 150 };
    case 'foreign':
      return { deferMs: 400 };
    case 'done':
      return 'done';
    case 'claimed':
      await make(journal, orderId, answer.fence);
      await report(journal, desk);
      return 'done';
  }
}

async function serve(): Promise<void> {
  const told = (error: Error): void => { if (process.env['STATION_LOG'] !== undefined) process.stdout.write(`${stationId} ${error.message}\n`); };
  using journal = openSqliteJournal({ path: join(dir, stationId, 'journal.sqlite'), clock: systemClock });
  for (const open of journal.openAttempts()) await make(journal, open.orderId, open.fence);
  await using link = await openRedisLink({ endpoint: { kind: 'socket', path: socket }, clock: systemClock, name: stationId, onError: told }, soon);
  const claims = openRedisClaims({ link, stationId, stations: stations.split(','), prefix: '{cards}' });
  await using desk = openClaimDesk({ claims, journal, stationId, link, requireSafe: async () => undefined, publishTimeoutMs: 20_000, onError: told });
  await desk.publish(soon);
  await report(journal, desk);
  const address = { prefix: '{cards}', queueName: 'cards' };
  await using queue = openOrderQueue(link, address);
  await using worker = openOrderWorker({
    link, queue, address, stationId, clock: systemClock,
    handler: async (orderId) => handle(journal, desk, orderId),
    onFault: (_orderId, error) => told(error instanceof Error ? error : new Error(String(error))),
    timing: { lockMs: 1_500, stalledCheckMs: 700, reportRetryMs: 200, faultDeferMs: 300, watchMs: 3_000 },
  });
  const toldToEnd = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()));
  process.stdout.write('ready\n');
  await toldToEnd;
  await worker.stop(soon);
}

await serve();
