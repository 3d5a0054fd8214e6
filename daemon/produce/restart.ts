import type { PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { AttemptState } from './attempt-state.ts';
import { forward } from './forward.ts';
import type { HoldQuestion, Knowledge, OrderEffect, OrderFacts } from './order-effect.ts';
import { insideOf, restartConditions, type Asked } from './restart-condition.ts';
import { restartTable, type RestartAction, type RestartRow } from './restart-table.ts';

/** The row of the restart table that fits, or null when none does (then the station pauses: it never guesses). */
export function restartRow(asked: Asked, table: readonly RestartRow[] = restartTable): RestartRow | null {
  const last = lastOf(asked.state);
  const inside = insideOf(asked.evidence);
  const fits = (row: RestartRow): boolean =>
    row.last.includes(last) && (row.inside === 'either' || row.inside === inside) && restartConditions[row.when](asked);
  return table.find(fits) ?? null;
}

/**
 * The next effect when the outcome of the last step is not known. An unreachable printer or a card at an unclear place
 * pauses the station with the fault that told so. Another table than the product's is for tests of the table.
 */
export function restart(state: AttemptState, known: Extract<Knowledge, { kind: 'asked' }>, facts: OrderFacts, table: readonly RestartRow[] = restartTable): OrderEffect {
  if (known.evidence === null) return settledAlready(state) ? forward(state, facts) : { do: 'pause', reason: known.fault ?? 'PRN-OFFLINE' };
  const asked: Asked = { state, evidence: known.evidence, proven: known.proven, chip: known.chip, fault: known.fault };
  const row = restartRow(asked, table);
  if (row === null) return { do: 'pause', reason: known.fault ?? 'PRN-UNKNOWN' };
  return effectOf(row.then, asked, known.evidence, facts);
}

function settledAlready(state: AttemptState): boolean {
  return state.stage === 'settled' || state.stage === 'ejected' || state.stage === 'held' || state.stage === 'answered';
}

function lastOf(state: AttemptState): RestartRow['last'][number] {
  if (state.stage !== 'eject-intent') return state.stage;
  return state.ejection?.to === 'output' ? 'ejecting good' : 'ejecting bad';
}

function effectOf(action: RestartAction, asked: Asked, evidence: PrinterEvidence, facts: OrderFacts): OrderEffect {
  const { state, fault } = asked;
  switch (action) {
    case 'go on':
      return forward(state, facts);
    case 'refuse the order':
      return { do: 'settle', outcome: 'refused', reason: fault ?? 'STA-BUG' };
    case 'pause for a person':
      return { do: 'pause', reason: fault ?? 'PRN-UNKNOWN' };
    case 'pause: card of nobody':
      return { do: 'pause', reason: 'PRN-UNKNOWN' };
    case 'hold: where is the card':
      return hold('where-is-the-card', fault);
    case 'hold: where is the good card':
      return hold('where-is-the-good-card', fault);
    case 'hold: whose card is inside':
      return hold('whose-card-is-inside', fault === 'ENC-UID-USED' ? fault : 'QC-CROSSCHECK');
    case 'record: fed':
      return { do: 'record', entry: { kind: 'fed', evidence } };
    case 'record: in the output':
      return { do: 'record', entry: { kind: 'ejected', to: 'output', evidence } };
    case 'record: in the reject box':
      return { do: 'record', entry: { kind: 'ejected', to: 'reject', evidence } };
    case 'reject: interrupted':
      return { do: 'eject', to: 'reject', reason: 'ENC-PARTIAL' };
    case 'reject: chip silent':
      return { do: 'eject', to: 'reject', reason: 'ENC-MUTE' };
    case 'reject: print in doubt':
      return { do: 'eject', to: 'reject', reason: 'QC-PRINT-DEFECT' };
    case 'reject: for the fault':
      return { do: 'eject', to: 'reject', reason: fault ?? 'STA-BUG' };
    case 'reject again':
      return { do: 'eject', to: 'reject', reason: state.ejection?.reason ?? 'QC-UNKNOWN-OUTCOME' };
  }
}

function hold(question: HoldQuestion, fault: FaultCode | null): OrderEffect {
  return { do: 'hold', question, reason: fault ?? 'QC-UNKNOWN-OUTCOME' };
}
