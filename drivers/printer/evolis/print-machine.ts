import type { EvolisCommand } from '../../codec/evolis-frame.ts';

/**
 * How far the printing of one card is. `card`: what is known of the card so far; a panel whose download was answered may
 * be on the card or not yet, so from the first panel on it counts as marked.
 */
export type PrintState =
  | { readonly at: 'sending'; readonly next: number; readonly card: 'untouched' | 'marked' }
  | { readonly at: 'done' }
  | { readonly at: 'refused'; readonly command: string; readonly answer: string; readonly card: 'untouched' | 'marked' };

export const printBegins: PrintState = { at: 'sending', next: 0, card: 'untouched' };

/** What happened to the command that was sent. Pure: table of what was asked, what the printer said, where that leaves the card. */
export function printStep(commands: readonly EvolisCommand[], state: PrintState, answer: string): PrintState {
  if (state.at !== 'sending') return state;
  const sent = commands[state.next];
  if (sent === undefined) return { at: 'done' };
  const card = sent.payload === undefined ? state.card : 'marked';
  if (answer !== 'OK') return { at: 'refused', command: sent.name, answer, card };
  return state.next + 1 === commands.length ? { at: 'done' } : { at: 'sending', next: state.next + 1, card };
}
