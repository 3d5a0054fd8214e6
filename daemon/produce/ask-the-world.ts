import type { Clock, Wait } from '../../drivers/contracts/clock.ts';
import type { ChipEvidence, PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import { asStationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { Printer } from '../../drivers/contracts/printer.ts';
import type { AttemptState } from './attempt-state.ts';
import type { Knowledge } from './order-effect.ts';
import { insideOf } from './restart-condition.ts';
import type { CardKind, StationParts } from './station-parts.ts';
import { withChip } from './with-chip.ts';

/** How long the printer must say the same before it is believed after an interruption, and how often it is asked. */
const QUIET_MS = 150;
const MOST_QUESTIONS = 20;

/**
 * Asks printer and chip what is true, moving nothing but a card that is already inside (to the contactless station,
 * to read its UID). Passing faults give "no evidence", never an exception; an abort is thrown.
 */
export async function askTheWorld(parts: StationParts, state: AttemptState, kind: CardKind, fault: FaultCode | null, signal: AbortSignal): Promise<Knowledge> {
  const evidence = await quietly(signal, () => settledEvidence(parts.bench.printer, parts.clock, queryLimit(parts, signal)));
  const readable = evidence !== null && insideOf(evidence) === 'yes' && wantsChip(state);
  const chip = readable ? await readChip(parts, kind, signal) : null;
  return { kind: 'asked', evidence, chip, fault };
}

function queryLimit(parts: StationParts, signal: AbortSignal): Wait {
  return { signal, timeoutMs: parts.bench.limits.moveTimeoutMs };
}

function wantsChip(state: AttemptState): boolean {
  switch (state.stage) {
    case 'fed':
    case 'identified':
    case 'encode-intent':
    case 'encoded':
    case 'print-intent':
    case 'printed':
    case 'crosschecked':
      return true;
    case 'eject-intent':
      return state.ejection?.to === 'output';
    case 'claimed':
    case 'planned':
    case 'feed-intent':
    case 'ejected':
    case 'held':
    case 'answered':
    case 'settled':
      return false;
  }
}

/** Evidence that stood still: a command sent before the interruption may still be moving a card. */
async function settledEvidence(printer: Printer, clock: Clock, limit: Wait): Promise<PrinterEvidence | null> {
  let last = await printer.examine(limit);
  for (let question = 0; question < MOST_QUESTIONS; question += 1) {
    await clock.sleep(QUIET_MS, limit.signal);
    const again = await printer.examine(limit);
    if (sameEvidence(last, again)) return again;
    last = again;
  }
  return null;
}

function sameEvidence(a: PrinterEvidence, b: PrinterEvidence): boolean {
  return a.position === b.position && a.cardsFed === b.cardsFed && a.panelsPrinted === b.panelsPrinted && a.cardsToOutput === b.cardsToOutput && a.cardsToReject === b.cardsToReject;
}

async function readChip(parts: StationParts, kind: CardKind, signal: AbortSignal): Promise<ChipEvidence | null> {
  return quietly(signal, () =>
    withChip(parts, 'contactless', signal, (chip, limit) => parts.chips.identify(chip, kind, limit)),
  );
}

/** An answer, or null when the device did not give one; an abort goes on upwards. */
async function quietly<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted) throw error;
    const { code } = asStationFault(error);
    if (code === 'STA-BUG') throw error;
    return null;
  }
}
