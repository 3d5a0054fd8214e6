import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBatch } from '../../daemon/station/fill-batch.ts';
import { lateOrders } from '../../daemon/station/order-desk.ts';
import { LateWarnings } from '../../daemon/station/warn-late.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import { openOrderStore } from '../../queue/store/sqlite-order-store.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import { exampleOrder } from '../support/orders/example-order.ts';
import { figure, line, sample } from './measure.ts';

const HOUR_MS = 3_600_000;
const AT_ONCE = 10_000;
const TIMES = 5;
const TOLD = 1_000;

/** What the station's store answers in, with so many orders waiting: the questions of status, telling, batches and warnings. */
export async function benchBacklog(say: (text: string) => void, sizes: readonly number[]): Promise<void> {
  for (const size of sizes) {
    const dir = await mkdtemp(join(tmpdir(), 'kv-bench-backlog-'));
    try {
      using dataKey = Secret.take(new Uint8Array(32).fill(5));
      using store = openOrderStore({ dir, dataKey, clock: systemClock });
      const start = performance.now();
      fill(store, size);
      say(line(`orders into the store, ${size}`, `${Math.round((size * 1_000) / (performance.now() - start))} a second`));
      await ask(store, size, say);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
}

/** Every hundredth is express; due times lie within thirty days from now. */
function fill(store: OrderStore, size: number): void {
  const now = systemClock.now();
  for (let start = 0; start < size; start += AT_ONCE) {
    store.atomically(() => {
      for (let index = start; index < Math.min(start + AT_ONCE, size); index += 1) {
        const orderId = `BACKLOG-${index}`;
        const dueAt = now + 36 * HOUR_MS + ((index * 7919) % (30 * 24)) * HOUR_MS;
        store.putOrder({ orderId, contentHash: orderId, duplicateKey: orderId, state: 'QUEUED', express: index % 100 === 0, dueAt, payload: JSON.stringify({ ...exampleOrder(), orderId }), files: [] });
      }
    });
  }
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
    'a batch of 500 from all that wait': () => createBatch(store, `B${(batch += 1)}`, { limit: 500 }),
  };
  for (const [name, work] of Object.entries(questions)) say(line(`${name}, ${size} wait`, figure(await sample(TIMES, async () => work()))));
}
