import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { createBatch } from '../../daemon/station/fill-batch.ts';
import { lateOrders } from '../../daemon/station/order-desk.ts';
import { LateWarnings } from '../../daemon/station/warn-late.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import { openOrderStore } from '../../queue/store/sqlite-order-store.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import { exampleOrder } from '../support/orders/example-order.ts';
import { figure, line, LongestBlock, sample } from './measure.ts';

const HOUR_MS = 3_600_000;
const TIMES = 5;
const TOLD = 1_000;
const signal = new AbortController().signal;

/** What the station's store answers in, with so many orders waiting: the questions of status, telling, batches and warnings. */
export async function benchBacklog(say: (text: string) => void, sizes: readonly number[]): Promise<void> {
  for (const size of sizes) {
    const dir = await mkdtemp(join(tmpdir(), 'kv-bench-backlog-'));
    try {
      fill(dir, size);
      using dataKey = benchKey();
      using store = openOrderStore({ dir, dataKey, clock: systemClock });
      await ask(store, size, say);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
}

/** Orders that can be opened: the most urgent, of which batches are made. The others are rows like theirs. */
const REAL = 5_000;

/** Every hundredth is express; due times lie within thirty days from tomorrow. */
function fill(dir: string, size: number): void {
  const now = systemClock.now();
  {
    using dataKey = benchKey();
    using store = openOrderStore({ dir, dataKey, clock: systemClock });
    store.atomically(() => {
      for (let index = 0; index < REAL; index += 1) {
        const orderId = `REAL-${index}`;
        store.putOrder({ orderId, contentHash: orderId, duplicateKey: orderId, state: 'QUEUED', express: index % 100 === 0, dueAt: now + 36 * HOUR_MS + index, payload: JSON.stringify({ ...exampleOrder(), orderId }), files: [] });
      }
    });
  }
  const db = new Sqlite(join(dir, 'orders.sqlite'));
  db.prepare(
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
     insert into customer_order (order_id, state, content_hash, payload_digest, duplicate_digest, express, due_at, received_at, changed_at, reasons, payload)
     select 'BACKLOG-' || i, state, 'BACKLOG-' || i, payload_digest, duplicate_digest, 0, due_at + 3600000 * (1 + (i * 7919) % 720), received_at, changed_at, reasons, payload
     from n, (select * from customer_order where order_id = 'REAL-1')`,
  ).run(Math.max(1, size - REAL));
  db.close();
}

function benchKey(): Secret {
  return Secret.take(new Uint8Array(32).fill(5));
}

async function ask(store: OrderStore, size: number, say: (text: string) => void): Promise<void> {
  const now = systemClock.now();
  const warnings = new LateWarnings(store);
  let batch = 0;
  const questions: Readonly<Record<string, () => unknown>> = {
    'the counts of a status': () => store.countByState(),
    'its late orders': () => lateOrders(store, now, 200),
    'the thousand orders to tell next': () => store.makeable(['QUEUED', 'IN_PRODUCTION'], TOLD),
    'a look for late orders to warn of': () => warnings.warn(now),
    'a batch of 500 from all that wait': async () => {
      await createBatch({ store, clock: systemClock, signal }, `B${(batch += 1)}`, { limit: 500 });
      store.batches.happen(`B${batch}`, 'cancel');
    },
  };
  for (const [name, work] of Object.entries(questions)) {
    using block = await LongestBlock.begin();
    const before = process.cpuUsage();
    const took = await sample(TIMES, async () => work());
    const { user, system } = process.cpuUsage(before);
    const { clockMs, ownMs } = await block.end();
    // One time more than counted: the first.
    const cpuMs = (user + system) / 1_000 / (TIMES + 1);
    say(line(`${name}, ${size} wait`, `${figure(took)}; ${cpuMs.toFixed(1)} ms of the processor; others waited for at most ${clockMs.toFixed(1)} ms, ${ownMs.toFixed(1)} of them the processor's`));
  }
}
