import { setsLeft } from '../machine/card-path-ribbon.ts';
import { cleaningIsDue, feederIsEmpty, outputIsFull, type CardPath, type PathPosition } from '../machine/card-path.ts';
import type { PrinterModes } from './escape-settings.ts';
import type { PrinterIdentity } from './printer-identity.ts';

/** What a question can be answered from. */
export interface QuestionGround {
  readonly path: CardPath<unknown>;
  readonly modes: PrinterModes;
  readonly identity: PrinterIdentity;
}

type Question = (ground: QuestionGround, param: string) => string | null;

const positionAnswers: Readonly<Record<PathPosition, string>> = {
  print: 'CARD',
  contact: 'SMART CARD',
  contactless: 'CONTACTLESS CARD',
  exit: 'OK',
  between: 'ERR CARD',
};

const volts = (value: boolean, high = '5,00', low = '0,00'): string => `${value ? high : low} Volts`;
const only = (answer: (ground: QuestionGround) => string): Question => (ground, param) => (param === '' ? answer(ground) : null);

/** The ribbon that the printer recognises. */
export function detectedRibbon(path: CardPath<unknown>): string | null {
  return path.ribbon === null || path.standing.includes('ribbon-wrong') ? null : path.ribbon.type;
}

function counter({ path }: QuestionGround, param: string): string | null {
  const { counters, limits, ribbon } = path;
  switch (param) {
    case 'p': return String(counters.panelsPrinted);
    case 'c': return String(counters.cardsIn);
    case 'n': return String(counters.cleanings);
    case 'l':
    case 'I': return ribbon === null ? 'ERR RIB DETECTION' : String(setsLeft(ribbon));
    case 'r':
    case 'rc': return String(Math.max(0, limits.cleaningInterval - counters.cardsSinceCleaning));
    default: return null;
  }
}

function lastRead({ path }: QuestionGround, param: string): string | null {
  switch (param) {
    case 'p': return path.inside === null ? 'OK' : positionAnswers[path.inside.position];
    case 'h': return outputIsFull(path) ? 'CARD' : 'NO CARD';
    case 'c': return cleaningIsDue(path) ? 'NEED CLEANING' : 'OK';
    case 'r': return path.standing.includes('need-cleaning') ? 'NEED CLEANING' : 'OK';
    default: return null;
  }
}

function sensor({ path }: QuestionGround, param: string): string | null {
  switch (param) {
    case 'f': return volts(!feederIsEmpty(path));
    case 'n': return volts(path.feeder.length > 5);
    case 'b': return volts(path.inside?.position === 'exit', '4,90', '0,20');
    case 'o': return volts(!path.coverOpen);
    case 'p': return volts(path.inside?.position === 'print');
    case 'r': return volts(path.ribbon !== null);
    case 'c':
    case 'm': return volts(false);
    default: return null;
  }
}

function ribbonTag({ path }: QuestionGround, param: string): string | null {
  const { ribbon } = path;
  if (param !== 'qty' && param !== 'count' && param !== 'zone') return null;
  if (ribbon === null || detectedRibbon(path) === null) return 'ERR RIB DETECTION';
  if (param === 'zone') return 'WORLD';
  return String(param === 'qty' ? ribbon.capacitySets : setsLeft(ribbon));
}

/** The questions of the language, which move and change nothing (printers.md 2.3, 2.4). */
const questions: Readonly<Record<string, Question>> = {
  Rtp: only(({ identity }) => identity.model),
  Rsn: only(({ identity }) => identity.serial),
  Rfv: only(({ identity }) => identity.firmware),
  Rkn: only(({ identity }) => identity.headKit),
  Rzp: only(() => 'WORLD'),
  Rmac: only(({ identity }) => identity.mac),
  Rip: only(({ identity }) => identity.address),
  Rr: only(({ path }) => detectedRibbon(path) ?? 'ERR RIB DETECTION'),
  Rem: only(({ modes }) => (modes.errorHandling === modes.storedErrorHandling ? modes.errorHandling : `${modes.errorHandling};${modes.storedErrorHandling}`)),
  Ros: only(({ identity, modes }) => (identity.contact ? String(modes.contactOffset) : 'OPT NOT AVAILABLE')),
  Roc: only(({ identity, modes }) => (identity.contactless ? String(modes.contactlessOffset) : 'OPT NOT AVAILABLE')),
  Rco: counter,
  Rlr: lastRead,
  Rse: sensor,
  Rrt: ribbonTag,
};

/** Answers a question; null when the command is none. Pure. */
export function answerQuestion(ground: QuestionGround, name: string, params: readonly string[]): string | null {
  if (name === 'Echo') return params.join(';');
  const question = Object.hasOwn(questions, name) ? questions[name] : undefined;
  if (question === undefined) return null;
  return (params.length > 1 ? null : question(ground, params[0] ?? '')) ?? 'ERROR PARAMETRES';
}
