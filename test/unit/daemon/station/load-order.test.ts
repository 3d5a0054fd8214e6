import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readProfiles } from '../../../../daemon/intake/read-profiles.ts';
import type { CardPlan } from '../../../../daemon/produce/card-plan.ts';
import { loadOrder } from '../../../../daemon/station/load-order.ts';
import type { StationCore } from '../../../../daemon/station/station-rooms.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';
import { dataKey, newOrder } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const samples = join(packageRoot(), 'samples');

it('a card that waits for its PIN to be handed over waits a minute, and not for ever', async () => {
  await using folder = await temporaryFolder('load-order');
  using store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: systemClock });
  store.putOrder(newOrder('A', { payload: JSON.stringify({ ...exampleOrder(), orderId: 'A' }) }));
  const waited: number[] = [];
  const clock: Clock = { ...systemClock, sleep: async (ms) => { waited.push(ms); } };
  const profiles = await readProfiles({ profilesDir: join(samples, 'profiles'), approversFile: join(samples, 'approvers.json') });
  const asked: string[] = [];
  const pins = { seal: (_pin: unknown, cardNumber: string) => { asked.push(cardNumber); return new Promise<string>(() => undefined); } };
  const core = { clock, store, profiles, pins } as unknown as StationCore;
  const { claimed } = loadOrder(core, 'A', 1, new AbortController().signal);
  const plan = { values: { cardNumber: 'BB-2611-000001' }, pivJob: () => ({ pin: dataKey() }) } as unknown as CardPlan;
  await expect(claimed.planner.handOver(1, plan)).rejects.toMatchObject({ code: 'LNK-TIMEOUT', detail: { data: { timeoutMs: 60_000 } } });
  expect({ asked, waited }).toEqual({ asked: ['BB-2611-000001'], waited: [60_000] });
  expect(store.outbox.pending(1)).toEqual([]);
});
