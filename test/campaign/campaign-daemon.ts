import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkStanding, openQueue } from '../../daemon/compose-queue.ts';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import type { Attendant } from '../../daemon/station/attendant.ts';
import type { WorkListener } from '../../daemon/station/order-handler.ts';
import { Production } from '../../daemon/station/production.ts';
import { recoverAttempts } from '../../daemon/station/recover-attempts.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import type { SitePlan, StationEnd, StationPlan } from './station-plan.ts';

const lookMs = 200;
const never = new AbortController().signal;
/** States of an order of which no card is to come any more. */
const over: ReadonlySet<string> = new Set(['PRODUCED', 'REJECTED', 'WITHDRAWN', 'MADE_ELSEWHERE']);

/** What a daemon of a campaign is run with. */
export interface CampaignDaemon {
  readonly config: StationConfig;
  readonly core: StationCore;
  readonly plan: StationPlan;
  readonly site: SitePlan;
  readonly attendant: Attendant;
  readonly listener: WorkListener;
  readonly onTrouble: (where: string, error: unknown) => void;
  /** Takes orders in that have come since. */
  readonly accept: (paths: readonly string[]) => Promise<void>;
  /** Given the production when it runs, so that orders can be taken back from it. */
  readonly onProduction: (production: Production) => void;
}

/** The daemon's production on a shared queue: express orders come in when half of the others are over; ends when all stations say that theirs are, or when only a person can help. */
export async function runCampaignDaemon({ config, core, plan, site, attendant, listener, onTrouble, accept, onProduction }: CampaignDaemon): Promise<StationEnd> {
  await checkStanding(config, core, onTrouble, never);
  const pause = await recoverAttempts(core, attendant, [], listener, never);
  if (pause !== null) return { pausedFor: pause.reason };
  await using queue = await openQueue(config, core, onTrouble, never, { lockMs: plan.lockMs, stalledCheckMs: plan.lockMs / 2 });
  const drain = new AbortController();
  const production = new Production(core, queue.queue, { attendant, keeper: null, listener, openWorker: queue.openWorker.bind(queue), onTrouble }, drain.signal, never);
  onProduction(production);
  const running = production.run();
  // What ends it by itself ends the station; it is heard below.
  running.catch(() => drain.abort());
  const pausedFor = await untilOver({ core, plan, site, accept, production }, drain.signal);
  drain.abort();
  await running;
  return { pausedFor };
}

async function untilOver({ core, plan, site, accept, production }: Pick<CampaignDaemon, 'core' | 'plan' | 'site' | 'accept'> & { readonly production: Production }, signal: AbortSignal): Promise<string | null> {
  let isExpressIn = false;
  while (!signal.aborted && !site.allOver.every((file) => existsSync(file))) {
    if (production.waitsFor !== null) return production.waitsFor.reason;
    const states = plan.orderIds.map((orderId) => core.store.summaryOf(orderId)?.state ?? 'absent');
    const ended = states.filter((state) => over.has(state)).length;
    if (!isExpressIn && ended >= (plan.orderIds.length - site.expressPaths.length) / 2) {
      await accept(site.expressPaths);
      isExpressIn = true;
      await production.tellDue();
    }
    if (ended === states.length && !existsSync(site.over)) writeFileSync(site.over, '');
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
}
