import type { Clock, Wait } from '../../drivers/contracts/clock.ts';
import type { ChipEvidence, PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import { asStationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { Printer } from '../../drivers/contracts/printer.ts';
import type { AttemptState } from './attempt-state.ts';
import { provenOf } from './announced-step.ts';
import type { Knowledge } from './order-effect.ts';
import { insideOf } from './restart-condition.ts';
import type { CardKind, StationParts } from './station-parts.ts';
import { withChip } from './with-chip.ts';

/** How long the printer must say the same before it is believed after an interruption, and how often it is asked. */
const QUIET_MS = 150;
const MOST_QUESTIONS = 20;

/** Why a chip that was asked said nothing. Any other fault is of the machine around it: the chip was not asked. */
const silences: ReadonlySet<FaultCode> = new Set<FaultCode>(['ENC-MUTE', 'ENC-NO-CARD', 'ENC-WRONG-BLANK', 'ENC-UID-USED', 'LNK-CARD-GONE', 'LNK-TIMEOUT', 'LNK-PROTOCOL']);
/** A chip that just left a command unanswered can hold its reader up so long that the card service no longer lists it. */
const hangs: ReadonlySet<FaultCode | null> = new Set<FaultCode | null>(['ENC-MUTE', 'LNK-TIMEOUT']);
/** After these the printer may have started anew, without the modes that the station relies on. */
const lostTrack: ReadonlySet<FaultCode | null> = new Set<FaultCode | null>(['PRN-UNKNOWN', 'PRN-OFFLINE']);

/**
 * Asks printer and chip what is true, moving nothing but a card that is already inside (to the contactless station,
 * to read its UID). Passing faults give "no evidence", never an exception; an abort is thrown. A chip that could not be
 * asked (an open cover, a dead card service) is not a silent one: then there is no evidence, for that fault.
 */
export async function askTheWorld(parts: StationParts, state: AttemptState, kind: CardKind, fault: FaultCode | null, signal: AbortSignal): Promise<Knowledge> {
  const evidence = await quietly(signal, async () => {
    if (lostTrack.has(fault)) await parts.bench.printer.prepare(queryLimit(parts, signal));
    return settledEvidence(parts.bench.printer, parts.clock, queryLimit(parts, signal));
  });
  if (isFault(evidence)) return nothingKnown(fault ?? evidence);
  const proven = provenOf(parts.bench.printer.proofs, state, evidence);
  if (evidence === null || insideOf(evidence) !== 'yes' || !wantsChip(state)) return { kind: 'asked', evidence, proven, chip: null, fault };
  const chip = await askChip(parts, kind, fault, signal);
  if (!isFault(chip)) return { kind: 'asked', evidence, proven, chip, fault };
  const isSilent = silences.has(chip) || (chip === 'ENC-NO-READER' && hangs.has(fault));
  return isSilent ? { kind: 'asked', evidence, proven, chip: null, fault } : nothingKnown(chip);
}

/** The world could not be asked, for this reason. */
export function nothingKnown(fault: FaultCode): Knowledge {
  return { kind: 'asked', evidence: null, proven: 'held', chip: null, fault };
}

function isFault(answer: unknown): answer is FaultCode {
  return typeof answer === 'string';
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

/** A chip that has just lost the field and says nothing is seated anew once: away from its reader and back. */
async function askChip(parts: StationParts, kind: CardKind, fault: FaultCode | null, signal: AbortSignal): Promise<ChipEvidence | FaultCode> {
  const first = await quietly(signal, () => readChip(parts, kind, signal));
  if (!isFault(first) || !silences.has(first) || fault !== 'LNK-CARD-GONE' || parts.bench.contact === null) return first;
  return quietly(signal, async () => {
    await parts.bench.printer.move('contact', queryLimit(parts, signal));
    return readChip(parts, kind, signal);
  });
}

function readChip(parts: StationParts, kind: CardKind, signal: AbortSignal): Promise<ChipEvidence> {
  return withChip(parts, 'contactless', signal, (chip, limit) => parts.chips.identify(chip, kind, limit));
}

/** An answer, or why the device did not give one; an abort goes on upwards. */
async function quietly<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T | FaultCode> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted) throw error;
    const { code } = asStationFault(error);
    if (code === 'STA-BUG') throw error;
    return code;
  }
}
