import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCore } from '../../daemon/compose-core.ts';
import { openQueue } from '../../daemon/compose-queue.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { answerByLooking } from '../../daemon/compose-simulated-person.ts';
import { openSimulation } from '../../daemon/compose-simulation.ts';
import type { StationConfig } from '../../daemon/config/station-config.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import type { IntakeResult } from '../../daemon/intake/intake-result.ts';
import type { Attendant } from '../../daemon/station/attendant.ts';
import { BatchSession } from '../../daemon/station/batch-session.ts';
import { knownOrders } from '../../daemon/station/known-orders.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { Control } from '../../simulator/script/control-client.ts';
import { simulatedPerson } from '../../simulator/script/simulated-person.ts';
import type { StationEnd, StationPlan } from './station-plan.ts';

/**
 * One station of a campaign as a process: the rooms of the product put together as its commands do it, on a Redis and
 * a printer behind wires that can be cut, with a person who mends what can be mended. Ends when its orders are made.
 */
const MOST_MENDS = 60;
const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as StationPlan;
const never = new AbortController().signal;
const say = (line: string): void => { process.stderr.write(`${line}\n`); };

await using simulation = await openSimulation({ dir: plan.dir, timeFactor: 0, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, never);
const config = campaignConfig(simulation.config);
const session = new BatchSession(systemClock, say, () => undefined);
await using opened = await openCore(config, systemClock, session.observer, never);
const { core } = opened;
const intake = await checkOrders(plan.orderPaths, ruleContext(config.site, core.profiles, core.renderer, knownOrders(core.store), core.clock));
for (const { findings } of intake.refused) say(`refused: ${JSON.stringify(findings)}`);
let queue: Awaited<ReturnType<typeof openQueue>> | null = null;
try {
  const report = await session.run(
    {
      core,
      intake,
      results: join(plan.dir, 'results'),
      pictures: async () => ({ front: null, back: null }),
      attendant: campaignPerson(simulation.control, intake),
      openQueue: async () => (queue = await openQueue(config, core, (where, error) => say(`${where}: ${error instanceof Error ? error.message : String(error)}`), never, { lockMs: plan.lockMs, stalledCheckMs: plan.lockMs / 2 })),
    },
    never,
    never,
  );
  const end: StationEnd = { pausedFor: report.pausedFor, outcomes: Object.fromEntries(report.lines.map(({ orderId, outcome }) => [orderId, outcome])) };
  process.stdout.write(`${JSON.stringify(end)}\n`);
} finally {
  await (queue as AsyncDisposable | null)?.[Symbol.asyncDispose]();
}

function campaignConfig(base: StationConfig): StationConfig {
  const { printer } = base.bench;
  if (printer.protocol !== 'evolis') throw new Error('a simulated bench has another printer than expected');
  return {
    ...base,
    station: { id: plan.stationId, stations: [...plan.stations], cardNumbers: plan.cardNumbers },
    queue: { kind: 'server', host: '127.0.0.1', port: plan.redisPort, tls: false },
    bench: { ...base.bench, printer: { ...printer, link: { kind: 'tcp', host: '127.0.0.1', port: plan.printerPort } } },
  };
}

/** Minds the feeder, mends the machine, takes strange cards out, and looks for the cards of holds where they lie. */
function campaignPerson(control: Control, { accepted }: IntakeResult): Attendant {
  const person = simulatedPerson(control);
  const technologies = new Map(accepted.map(({ order }) => [order.orderId, order.card.technologyProfile]));
  let mends = 0;
  return {
    async mend(reason, orderId, left) {
      mends += 1;
      say(`person: ${reason} at ${orderId}`);
      if (mends > MOST_MENDS) return false;
      await sleep(100);
      await control.ask<'mend'>({ do: 'mend' });
      if (reason === 'PRN-UNKNOWN') await person.clearMachine();
      const technology = technologies.get(orderId);
      if (technology !== undefined && (reason === 'PRN-FEEDER-EMPTY' || reason === 'ENC-WRONG-BLANK')) {
        const alike = left.filter((id) => technologies.get(id) === technology).length;
        await person.fillFeeder(technology === 'PIVC' ? 'piv' : 'mifare+piv', Math.max(alike, 1), 'LOT-CAMPAIGN');
      }
      return true;
    },
    answer: (hold) => answerByLooking(person, hold),
  };
}
