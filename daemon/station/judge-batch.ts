import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { Printer } from '../../drivers/contracts/printer.ts';
import type { Wait } from '../../drivers/contracts/clock.ts';
import { readStoredOrder } from '../../queue/order/order-schema.ts';
import type { CardProfile } from '../../queue/profile/card-profile.ts';
import { cardProfileOf } from '../../queue/profile/profile-set.ts';
import { batchFindings, refusals, type BenchState } from './bench-fitness.ts';
import { breathe } from './breathe.ts';
import type { StationCore } from './station-rooms.ts';

/** Asks a printer who it is, what it can do and what it has left. Moves nothing. Throws `PRN-OFFLINE`. */
export async function readBench(printer: Printer, limit: Wait): Promise<BenchState> {
  return { description: await printer.describe(limit), supplies: await printer.supplies(limit) };
}

/**
 * What stands against making these orders on the bench as it is now: profiles whose cards its printer cannot make, a
 * ribbon or a cleaning that ends before they do, and what is merely low. Throws `PRN-OFFLINE` when the printer is silent.
 */
export async function judgeBatch(core: StationCore, orderIds: readonly string[], signal: AbortSignal): Promise<readonly Finding[]> {
  if (orderIds.length === 0) return [];
  const { printer, limits } = core.parts.bench;
  const state = await readBench(printer, { signal, timeoutMs: limits.queryTimeoutMs });
  return batchFindings(state, { cards: orderIds.length, profiles: await profilesOf(core, orderIds, signal) });
}

/** Throws the first reason why a batch of these orders must not begin. */
export async function requireBatch(core: StationCore, orderIds: readonly string[], signal: AbortSignal): Promise<void> {
  const [refusal] = refusals(await judgeBatch(core, orderIds, signal));
  if (refusal !== undefined) throw new StationFault(refusal.code, { ...refusal.detail, ...(refusal.field === undefined ? {} : { field: refusal.field }) });
}

/** The card profiles of stored orders, each once; a long batch is looked at in slices. */
async function profilesOf({ store, profiles, clock }: StationCore, orderIds: readonly string[], signal: AbortSignal): Promise<readonly CardProfile[]> {
  const found = new Set<CardProfile>();
  for await (const orderId of breathe(orderIds, clock, signal)) {
    const text = store.textOf(orderId);
    const profile = text === null ? null : cardProfileOf(readStoredOrder(JSON.parse(text)).card, profiles);
    if (profile !== null) found.add(profile);
  }
  return [...found];
}
