import type { CardPath } from '../machine/card-path.ts';
import { cleaningIsDue, feederIsEmpty, outputIsFull, rejectIsFull } from '../machine/card-path.ts';
import { setsLeft } from '../machine/card-path-ribbon.ts';

/** Flags of the printer's status words that stand now, by word; the words' wire form is not public (printers.md 2.7). */
export interface StatusFlags {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly information: readonly string[];
}

/** The major and minor state as the service names them. */
export interface PrinterState {
  readonly major: 'OFF' | 'READY' | 'WARNING' | 'ERROR';
  readonly minor: string;
}

const whereFlag = { contactless: 'INF_ENCODING_RUNNING', contact: 'INF_ENCODING_RUNNING', print: null, exit: null, between: null } as const;
const ribbonLowSets = 10;

/** The flags of a path. Pure. `busy`: the mechanics do something for a print job. */
export function statusFlags(path: CardPath<unknown>, busy: boolean): StatusFlags {
  const named = (flags: readonly (readonly [string, boolean])[]): readonly string[] => flags.filter(([, stands]) => stands).map(([name]) => name);
  const ribbonEnded = path.standing.includes('ribbon-end') || (path.ribbon !== null && setsLeft(path.ribbon) === 0);
  return {
    errors: named([
      ['ERR_MECHANICAL', path.jammed],
      ['ERR_HEAD_TEMP', path.standing.includes('head-hot')],
    ]),
    warnings: named([
      ['DEF_COVER_OPEN', path.coverOpen],
      ['DEF_NO_RIBBON', path.ribbon === null],
      ['DEF_UNSUPPORTED_RIBBON', path.standing.includes('ribbon-wrong')],
      ['DEF_RIBBON_ENDED', ribbonEnded],
      ['DEF_FEEDER_EMPTY', feederIsEmpty(path)],
      ['DEF_HOPPER_FULL', outputIsFull(path)],
      ['DEF_REJECT_BOX_FULL', rejectIsFull(path)],
      ['DEF_CARD_ON_EJECT', path.inside?.position === 'exit'],
    ]),
    information: named([
      ['INF_PRINTING_RUNNING', busy],
      ['INF_ENCODING_RUNNING', path.inside !== null && whereFlag[path.inside.position] !== null],
      ['INF_CLEANING_REQUIRED', cleaningIsDue(path)],
      ['INF_RIBBON_LOW', path.ribbon !== null && setsLeft(path.ribbon) > 0 && setsLeft(path.ribbon) <= ribbonLowSets],
    ]),
  };
}

/** What the service says of a printer: its gravest flag. */
export function printerState(flags: StatusFlags): PrinterState {
  const [error] = flags.errors;
  if (error !== undefined) return { major: 'ERROR', minor: error };
  const running = flags.information.find((name) => name.endsWith('_RUNNING'));
  const [warning] = flags.warnings;
  if (warning !== undefined && running === undefined) return { major: 'WARNING', minor: warning };
  return { major: 'READY', minor: running ?? flags.information[0] ?? 'PRINTER_READY' };
}

const refusalEvents: Readonly<Record<string, string>> = {
  'FEEDER EMPTY': 'DEF_FEEDER_EMPTY',
  'CARD JAM': 'ERR_MECHANICAL',
  'COVER OPEN': 'ERR_COVER_OPEN',
  'HOPPER FULL': 'DEF_HOPPER_FULL',
  'ERR RIB DETECTION': 'ERR_BAD_RIBBON',
  'ERROR RIBBON': 'DEF_RIBBON_ENDED',
  'ERROR HEAD': 'ERR_HEAD_TEMP',
  'NEED CLEANING': 'ERR_CLEANING',
};

/** The event that the service raises when the printer refused a command of a job. */
export function refusalEvent(answer: string): string {
  return refusalEvents[answer] ?? 'ERR_MECHANICAL';
}
