import { systemClock } from '../drivers/contracts/clock.ts';
import { asStationFault } from '../drivers/contracts/fault.ts';
import type { Finding } from '../drivers/contracts/finding.ts';
import { openPrinter, protocolStations } from '../drivers/open-printer.ts';
import { profileName, type CardProfile } from '../queue/profile/card-profile.ts';
import { daemonAnswers, deskOfDaemon } from './api/desk-client.ts';
import { deskSocketOf } from './compose-ask.ts';
import type { StationConfig } from './config/station-config.ts';
import { BenchWatch, type BenchView } from './observe/bench-watch.ts';
import { needsOf } from './produce/card-kind.ts';
import { batchFindings } from './station/bench-fitness.ts';
import { judgeBatch, requireBatch } from './station/judge-batch.ts';
import { dueStates } from './station/order-desk.ts';
import type { BenchReport } from './station/station-desk.ts';
import type { StationCore } from './station/station-rooms.ts';

/** A bench that does not answer within this is told as silent. */
const ASK_TIMEOUT_MS = 4_000;

/** What the desk of a running daemon says of its bench. */
export interface BenchDesk {
  readonly watch: BenchWatch;
  readonly bench: () => Promise<BenchReport>;
  readonly requireBatch: (orderIds: readonly string[]) => Promise<void>;
}

/** The bench of a running daemon. An attempt that is begun and does not wait for an answer has the printer to itself. */
export function benchDesk(config: StationConfig, core: StationCore, signal: AbortSignal): BenchDesk {
  const { bench } = core.parts;
  const inHand = (): boolean => core.journal.openAttempts().some(({ records }) => records.at(-1)?.entry.kind !== 'held');
  const watch = new BenchWatch({ bench: bench.name, printer: bench.printer, clock: core.clock, queryTimeoutMs: bench.limits.queryTimeoutMs, printedMs: () => core.journal.printedMs(), busy: inHand });
  const approved = core.profiles.cards.filter(({ release }) => release.approved);
  return {
    watch,
    bench: async () => {
      const counts = core.store.countByState();
      const due = dueStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
      const view = await watch.view(signal);
      return { ...view, findings: findingsOf(config, view, approved, due) };
    },
    // While a card is in hand its batch was judged already; what is left is judged when the next one begins.
    requireBatch: async (orderIds) => (inHand() ? undefined : requireBatch(core, orderIds, signal)),
  };
}

/** Orders that a bench is judged for when it begins: the most urgent, more than a station makes in a day. */
const LOOKED_AT = 1_000;

/** What a daemon says of its bench when it begins to serve, however many orders wait. */
export async function benchAtStart(core: StationCore, signal: AbortSignal): Promise<readonly Finding[]> {
  return judgeBatch(core, core.store.listOrders(dueStates, LOOKED_AT).map(({ orderId }) => orderId), signal);
}

/**
 * Asks the bench of a configuration what stands against making cards by these profiles, so many of them: through the
 * daemon where one runs, else the printer itself. Moves nothing and throws nothing for a silent printer: then only what
 * its protocol cannot do is found.
 */
export async function askBench(config: StationConfig, profiles: readonly CardProfile[], cards: number): Promise<BenchReport> {
  const socket = deskSocketOf(config);
  const view = (await daemonAnswers(socket)) ? await deskOfDaemon(socket).bench({}) : await askPrinter(config);
  return { bench: view.bench, reading: view.reading, silent: view.silent, printedMs: view.printedMs, findings: findingsOf(config, view, profiles, cards) };
}

async function askPrinter({ bench }: StationConfig): Promise<BenchView> {
  const limit = { signal: new AbortController().signal, timeoutMs: ASK_TIMEOUT_MS };
  try {
    await using printer = await openPrinter(bench.printer, systemClock, limit);
    return await new BenchWatch({ bench: bench.name, printer, clock: systemClock, queryTimeoutMs: ASK_TIMEOUT_MS, printedMs: () => 0, busy: () => false }).view(limit.signal);
  } catch (error) {
    const { code } = asStationFault(error);
    if (code === 'STA-BUG') throw error;
    return { bench: bench.name, reading: null, silent: code, printedMs: 0 };
  }
}

function findingsOf({ bench }: StationConfig, { reading }: BenchView, profiles: readonly CardProfile[], cards: number): readonly Finding[] {
  if (reading !== null) return batchFindings(reading, { cards, profiles });
  const stations = protocolStations(bench.printer.protocol);
  if (stations === null) return [];
  return profiles.flatMap((profile): readonly Finding[] => {
    const missing = needsOf(profile).stations.filter((station) => !stations.includes(station));
    return missing.length === 0 ? [] : [{ code: 'PRN-CAPABILITY', field: profileName(profile), detail: { note: `a printer on ${bench.printer.protocol}: ${missing.map((station) => `no ${station} station`).join(', ')}` } }];
  });
}
