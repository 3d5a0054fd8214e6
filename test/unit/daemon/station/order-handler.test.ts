import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OrderHandler } from '../../../../daemon/station/order-handler.ts';
import type { StationCore } from '../../../../daemon/station/station-rooms.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { openOrderQueue } from '../../../../queue/bullmq/order-queue.ts';
import { openClaimDesk } from '../../../../queue/claim/claim-desk.ts';
import { openRedisClaims } from '../../../../queue/claim/redis-claims.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { expectRejectedFault } from '../../../support/queue/expect-fault.ts';
import { attemptOf, claimed, nothingInside, planned } from '../../../support/queue/journal-entries.ts';
import { dataKey } from '../../../support/queue/stored-orders.ts';
import { patience, TestRedis } from '../../../support/queue/test-redis.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const held: JournalEntry = { kind: 'held', question: 'where-is-the-card', answers: ['in-reject', 'destroyed'], reason: 'QC-UNKNOWN-OUTCOME' };

/** A handler on a real journal, store and Redis, whose attempt of order A stands where `last` says; the payload of A is not there, so that going on with it is told by a fault. */
async function wake(orderId: string, last: JournalEntry): Promise<{ readonly note: string; readonly claim: string }> {
  await using redis = await TestRedis.open();
  await using folder = await temporaryFolder('handler');
  const link = await redis.link();
  using journal = openSqliteJournal({ path: join(folder.path, 'journal.sqlite'), clock: systemClock });
  using store = openOrderStore({ dir: join(folder.path, 'store'), dataKey: dataKey(), clock: systemClock });
  for (const entry of [claimed, planned('BB-2611-000001'), last]) journal.append(attemptOf('A'), entry);
  await using direct = openRedisClaims({ link, stationId: 'st1', stations: ['st1'], prefix: '{kortverk}' });
  await using claims = openClaimDesk({ claims: direct, journal, stationId: 'st1', link, requireSafe: async () => undefined, publishTimeoutMs: 5_000, onError: () => undefined });
  await using queue = openOrderQueue(link, { prefix: '{kortverk}', queueName: 'cards' });
  await claims.publish(patience());
  const core = { clock: systemClock, journal, store } as unknown as StationCore;
  const handler = new OrderHandler(core, { claims, queue }, () => undefined, new AbortController().signal);
  const fault = await expectRejectedFault('STO-BROKEN', handler.handle(orderId));
  return { note: fault.detail.note ?? '', claim: (await link.run(patience(), (client) => client.hget('{kortverk}:claims', 'B'))) ?? 'none' };
}

describe('a station that is woken while an attempt is open', () => {
  test('goes on with the open attempt, and does not claim the order it was woken for', async () => {
    const { note, claim } = await wake('B', { kind: 'feed-intent', evidence: nothingInside });
    expect(note).toContain('payload of A');
    expect(claim).toBe('none');
  });

  test('does not wait with other orders for the answer to a hold', async () => {
    const { note, claim } = await wake('B', held);
    expect(note).toContain('payload of B');
    expect(claim).not.toBe('none');
  });
});
