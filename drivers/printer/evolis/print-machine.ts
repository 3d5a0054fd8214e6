import type { EvolisCommand } from '../../codec/evolis-frame.ts';

/**
 * What is known of the card. A panel whose download was answered may be on the card or not yet, so from the first panel on it counts as
 * marked. A sequence begins with the card at a station and brings it under the head, where it stays to the end.
 */
export interface CardInPrint {
  readonly card: 'untouched' | 'marked';
  readonly where: 'at-a-station' | 'under-the-head' | 'unknown';
}

/** How far the printing of one card is. */
export type PrintState =
  | (CardInPrint & { readonly at: 'sending'; readonly next: number })
  | (CardInPrint & { readonly at: 'done' })
  | (CardInPrint & { readonly at: 'refused'; readonly command: string; readonly answer: string });

export const printBegins: PrintState = { at: 'sending', next: 0, card: 'untouched', where: 'at-a-station' };

/** Refusals after which a card may be anywhere on its way (printers.md 2.3). */
const lostOnTheWay: ReadonlySet<string> = new Set(['CARD JAM', 'ERROR TIME OUT', 'COVER OPEN', 'HOPPER DOOR', 'ERROR', 'ERROR UNKNOW', 'ERR CARD']);

/** What happened to the command that was sent. Pure: what was asked, what the printer said, where that leaves the card. */
export function printStep(commands: readonly EvolisCommand[], state: PrintState, answer: string): PrintState {
  if (state.at !== 'sending') return state;
  const { card, where } = state;
  const sent = commands[state.next];
  if (sent === undefined) return { at: 'done', card, where };
  const marked = sent.payload === undefined ? card : 'marked';
  if (answer !== 'OK') return { at: 'refused', command: sent.name, answer, card: marked, where: lostOnTheWay.has(answer) ? 'unknown' : where };
  const now: CardInPrint = { card: marked, where: sent.name === 'Ss' ? 'under-the-head' : where };
  return state.next + 1 === commands.length ? { at: 'done', ...now } : { at: 'sending', next: state.next + 1, ...now };
}
