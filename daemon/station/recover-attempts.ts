import { produceOrder, type ProductionResult } from '../produce/produce-order.ts';
import { answerWith, patientWith, type Attendant } from './attendant.ts';
import { loadOrder } from './load-order.ts';
import type { WorkListener } from './order-handler.ts';
import { isTakenBack } from './order-desk.ts';
import { recordBlanks } from './record-blanks.ts';
import { revokeWaiting } from './revoke-certificates.ts';
import type { StationCore } from './station-rooms.ts';

type Paused = Extract<ProductionResult, { kind: 'paused' }>;

/**
 * Goes on with every attempt that a former process left open, before the queue is needed; holds that wait for an answer
 * stay, and what waits for the machine waits, unless the person at the machine knows and mends. `left` are the orders that
 * will follow. Certificates whose revocation still waits are revoked where the authority can. Gives the pause that keeps the station from going on, or null when all is decided.
 */
export async function recoverAttempts(core: StationCore, attendant: Attendant, left: readonly string[], listener: WorkListener, signal: AbortSignal): Promise<Paused | null> {
  const pause = await recoverAll(core, attendant, left, listener, signal);
  await revokeWaiting(core, signal);
  return pause;
}

async function recoverAll(core: StationCore, attendant: Attendant, left: readonly string[], listener: WorkListener, signal: AbortSignal): Promise<Paused | null> {
  for (const { orderId, fence } of core.journal.openAttempts()) {
    const result = await recoverOne(core, attendant, { orderId, fence, left }, signal);
    recordBlanks(core, orderId);
    listener(orderId, result);
    if (result.kind === 'held' && !isTakenBack(core.store, orderId)) core.store.setState(orderId, 'HELD', { reasons: ['QC-UNKNOWN-OUTCOME'] });
    if (result.kind === 'paused') return result;
  }
  return null;
}

interface OpenOrder {
  readonly orderId: string;
  readonly fence: number;
  readonly left: readonly string[];
}

async function recoverOne(core: StationCore, attendant: Attendant, { orderId, fence, left }: OpenOrder, signal: AbortSignal): Promise<ProductionResult> {
  const { claimed, kind } = loadOrder(core, orderId, fence, signal);
  const person = patientWith(attendant);
  for (;;) {
    const result = await produceOrder(core.parts, claimed, kind, signal);
    const goesOn = result.kind === 'held' ? await answerWith(core.journal, person, orderId) : result.kind === 'paused' && (await person.mend(result.reason, orderId, left));
    if (!goesOn) return result;
  }
}
