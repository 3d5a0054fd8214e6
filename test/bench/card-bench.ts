import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import sharp from 'sharp';
import { openCore } from '../../daemon/compose-core.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { openSimulation, type Simulation } from '../../daemon/compose-simulation.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import type { AcceptedOrder } from '../../daemon/intake/intake-result.ts';
import { produceOrder } from '../../daemon/produce/produce-order.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import { knownOrders } from '../../daemon/station/known-orders.ts';
import { loadOrder } from '../../daemon/station/load-order.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import { getUid } from '../../drivers/codec/mifare-pcsc.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { simulatedPerson } from '../../simulator/script/simulated-person.ts';
import { CardTimings } from './card-timings.ts';
import { figure, line, sample, summarise, type Sample } from './measure.ts';
import { benchPrinter } from './printer-bench.ts';

const EXCHANGES = 500;
const signal = new AbortController().signal;

/** Cards through every real wire, what a single exchange with a chip costs, and the picture of a card. */
export async function benchCards(say: (text: string) => void): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'kv-bench-'));
  const simulation = await openSimulation({ dir, timeFactor: 0, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, signal);
  try {
    await using opened = await openCore(simulation.config, systemClock, { effect: () => undefined, crosschecked: () => undefined }, signal);
    const { core } = opened;
    const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(simulation.config.site, core.profiles, core.renderer, knownOrders(core.store), systemClock));
    acceptOrders(core.store, accepted);
    await benchProduction(core, simulation, accepted, say);
    await benchRender(core, accepted, say);
  } finally {
    await simulation.stopOwnMachine();
    await simulation[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Cards through every real wire with a machine that takes no time, then single exchanges with the chip of one more. */
async function benchProduction(core: StationCore, simulation: Simulation, orders: readonly AcceptedOrder[], say: (text: string) => void): Promise<void> {
  const timings = new CardTimings();
  const parts = timings.counted(core.parts);
  const start = performance.now();
  for (const { order } of orders) {
    await simulatedPerson(simulation.control).fillFeeder(order.card.technologyProfile === 'PIVC' ? 'piv' : 'mifare+piv', 1, 'LOT-BENCH');
    const { claimed, kind } = loadOrder(core, order.orderId, 1, signal);
    const result = await produceOrder(parts, claimed, kind, signal);
    timings.end();
    if (result.kind !== 'settled' || result.outcome !== 'finished') throw new Error(`${order.orderId}: ${JSON.stringify(result)}`);
  }
  const seconds = (performance.now() - start) / 1000;
  for (const [name, { times, apdus }] of timings.costs) {
    const exchanges = summarise(apdus).medianMs;
    say(line(name, `${figure(summarise(times))}${exchanges > 0 ? `, ${exchanges} APDUs` : ''}`));
  }
  say(line('cards an hour, machine with timing factor 0', `${Math.round((orders.length * 3600) / seconds)} (${orders.length} cards in ${seconds.toFixed(1)} s)`));
  await benchExchange(core, simulation, say);
}

/** One exchange through IPC, pcscd and vpcd, against a bare round trip over loopback TCP in the same run. */
async function benchExchange(core: StationCore, { control }: Simulation, say: (text: string) => void): Promise<void> {
  await simulatedPerson(control).fillFeeder('mifare+piv', 1, 'LOT-BENCH');
  const limit = { signal, timeoutMs: 30_000 };
  await core.parts.bench.printer.feed('contactless', limit);
  const reader = core.parts.bench.contactless;
  if (reader === null) throw new Error('the bench has no contactless station');
  await using connection = await reader.connect(limit);
  const exchange = await sample(EXCHANGES, () => connection.channel.transmit(getUid(), limit));
  const loopback = await benchLoopback();
  say(line('one APDU (reader process, pcscd, vpcd)', micro(exchange), { name: 'a loopback TCP round trip', ratio: exchange.medianMs / loopback.medianMs }));
  say(line('a loopback TCP round trip', micro(loopback)));
}

async function benchLoopback(): Promise<Sample> {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  const result = await sample(EXCHANGES, async () => {
    socket.write(getUid());
    await once(socket, 'data');
  });
  socket.destroy();
  server.close();
  return result;
}

function micro({ medianMs, minMs, count }: Sample): string {
  return `${(medianMs * 1000).toFixed(0)} µs (min ${(minMs * 1000).toFixed(0)}, ${count} times)`;
}

/** A card drawn, separated into panels, its codes read back; against encoding its front as PNG. */
async function benchRender(core: StationCore, orders: readonly AcceptedOrder[], say: (text: string) => void): Promise<void> {
  const [first] = orders;
  if (first === undefined) throw new Error('no order to draw');
  const { claimed } = loadOrder(core, first.order.orderId, 1, signal);
  const fixed = await claimed.planner.fix(1);
  const drawn = await sample(20, async () => (await claimed.planner.build(1, fixed))[Symbol.dispose]());
  using plan = await claimed.planner.build(1, fixed);
  const { widthDots, heightDots, k = new Uint8Array(widthDots * heightDots) } = plan.image.front;
  const png = await sample(20, () => sharp(k, { raw: { width: widthDots, height: heightDots, channels: 1 } }).png().toBuffer());
  say(line('a card drawn with panels, codes read back', figure(drawn), { name: 'encoding its K panel as PNG', ratio: drawn.medianMs / png.medianMs }));
  say(line('encoding its K panel as PNG', figure(png)));
  await benchPrinter(plan.image, say);
}
