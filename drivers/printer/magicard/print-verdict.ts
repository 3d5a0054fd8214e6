import { duplexModelBit, type MagicardStatus } from '../../codec/magicard-status.ts';
import type { CardImage } from '../../contracts/card-image.ts';
import { StationFault } from '../../contracts/fault.ts';

/** What a status says of a card that is being printed. */
export type PrintVerdict = { readonly at: 'printing' } | { readonly at: 'out' } | { readonly at: 'trouble'; readonly fault: StationFault };

/**
 * Why a job must not be sent now, or null. What the error numbers mean no public text tells: any of them stops, and a
 * person looks at the printer's own display.
 */
export function standingTrouble(status: MagicardStatus, image: CardImage): StationFault | null {
  if (status.majorError !== 0 || status.minorError !== 0) return errorFault(status, 'untouched');
  if (image.back !== undefined && (status.modelBits & duplexModelBit) === 0) return new StationFault('PRN-CAPABILITY', { note: 'the printer has no flip station' });
  if (status.filmTag === '' && status.filmName === '') return new StationFault('PRN-RIBBON-WRONG', { note: 'no film, or one without a tag' });
  if (status.filmTotalShots > 0 && status.filmUsedShots >= status.filmTotalShots) return new StationFault('PRN-RIBBON-END', { note: 'the film is used up' });
  return lacks(status.filmName, image) ? new StationFault('PRN-RIBBON-WRONG', { note: `the film is ${JSON.stringify(status.filmName.slice(0, 40))}` }) : null;
}

/** A film name that tells its panels must have those that are wanted; another name tells nothing. */
function lacks(filmName: string, image: CardImage): boolean {
  const panels = /^(?:Y?M?C?K?O?K?O?)$/i.test(filmName) ? filmName.toLowerCase() : null;
  if (panels === null) return false;
  const sides = image.back === undefined ? [image.front] : [image.front, image.back];
  const wanted = sides.flatMap((side) => (['y', 'm', 'c', 'k'] as const).filter((ink) => side[ink] !== undefined));
  return wanted.some((ink) => !panels.includes(ink)) || (sides.some((side) => side.overlay !== undefined) && !panels.includes('o'));
}

/** Compares the counters with those from before the job. Two cards where one was asked for: another program printed. Pure. */
export function printVerdict(before: MagicardStatus, now: MagicardStatus): PrintVerdict {
  const cards = now.totalCards - before.totalCards;
  const marked = now.panels !== before.panels ? 'marked' : 'untouched';
  if (now.serial !== before.serial) return { at: 'trouble', fault: new StationFault('PRN-UNKNOWN', { note: 'another printer answers' }) };
  if (cards < 0 || cards > 1) return { at: 'trouble', fault: new StationFault('PRN-UNKNOWN', { note: `${String(cards)} cards where one was printed`, data: { card: marked } }) };
  if (cards === 1) return { at: 'out' };
  if (now.majorError !== 0 || now.minorError !== 0) return { at: 'trouble', fault: errorFault(now, marked) };
  return { at: 'printing' };
}

function errorFault(status: MagicardStatus, card: string): StationFault {
  return new StationFault('PRN-UNKNOWN', { note: 'the printer shows an error', data: { major: status.majorError, minor: status.minorError, card } });
}
