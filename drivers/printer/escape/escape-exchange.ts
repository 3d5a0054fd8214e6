import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import type { Wait } from '../../contracts/clock.ts';

/** One command of the escape language in, its answer out, over whatever carries it. */
export interface EscapeExchange {
  /** A command that moves and changes nothing, or sets what may be set again: it may be sent twice. */
  ask(command: EvolisCommand, limit: Wait): Promise<string>;
  /** A command that moves or marks a card: it is sent once. Throws `PRN-UNKNOWN` when nobody knows whether it was done. */
  act(command: EvolisCommand, limit: Wait): Promise<string>;
}

/** A command without payload. */
export const escapeCommand = (name: string, ...params: string[]): EvolisCommand => ({ name, params });
