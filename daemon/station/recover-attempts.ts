import { produceOrder, type ProductionResult } from '../produce/produce-order.ts';
import { answerWith, type Attendant } from './attendant.ts';
import { loadOrder } from './load-order.ts';
import type { WorkListener } from './order-handler.ts';
import { recordBlanks } from './record-blanks.ts';
import type { StationCore } from './station-rooms.ts';

/**
 * Goes on with every attempt that a former process left open, before the queue is needed; holds that wait for an answer
 * stay, unless the person at the machine knows. Gives the pause that keeps the station from going on, or null when all is decided.
 */
export async function recoverAttempts(core: StationCore, attendant: Attendant, listener: WorkListener, signal: AbortSignal): Promise<Extract<ProductionResult, { kind: 'paused' }> | null> {
  for (const open of core.journal.openAttempts()) {
    const loaded = loadOrder(core, open.orderId, open.fence, signal);
    let result = await produceOrder(core.parts, loaded.claimed, loaded.kind, signal);
    while (result.kind === 'held' && (await answerWith(core.journal, attendant, open.orderId))) result = await produceOrder(core.parts, loaded.claimed, loaded.kind, signal);
    recordBlanks(core, open.orderId);
    listener(open.orderId, result);
    if (result.kind === 'held' && core.store.summaryOf(open.orderId)?.state !== 'WITHDRAWN') core.store.setState(open.orderId, 'HELD', { reasons: ['QC-UNKNOWN-OUTCOME'] });
    if (result.kind === 'paused') return result;
  }
  return null;
}
