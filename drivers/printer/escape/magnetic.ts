import { trackNumbers, trackTrouble, type TrackNumber } from '../../codec/magnetic-track.ts';
import type { Wait } from '../../contracts/clock.ts';
import { StationFault } from '../../contracts/fault.ts';
import type { MagneticEncoder, MagneticTracks } from '../../contracts/printer.ts';
import { requireOk } from './answers.ts';
import { escapeCommand, type EscapeExchange } from './escape-exchange.ts';
import type { EscapeMoves } from './escape-moves.ts';

/** The magnetic head of a printer that speaks the escape language (printers.md 2.4: Dm, Smw, Smr, Rmb). */
export class EscapeMagnetic implements MagneticEncoder {
  readonly #exchange: EscapeExchange;
  readonly #moves: EscapeMoves;

  constructor(exchange: EscapeExchange, moves: EscapeMoves) {
    this.#exchange = exchange;
    this.#moves = moves;
  }

  async write(tracks: MagneticTracks, limit: Wait): Promise<void> {
    const wanted = entriesOf(tracks);
    for (const [track, text] of wanted) {
      const trouble = trackTrouble(track, text);
      if (trouble !== null) throw new StationFault('PRN-CAPABILITY', { note: `track ${String(track)}: ${trouble}` });
    }
    const left = this.#moves.countDown(limit);
    await this.#moves.expect(['contactless', 'contact', 'print'], 'before writing tracks', left);
    requireOk('Pmc', await this.#exchange.ask(escapeCommand('Pmc', 'h'), left()));
    for (const [track, text] of wanted) requireOk('Dm', await this.#exchange.ask(escapeCommand('Dm', String(track), text), left()));
    requireOk('Smw', await this.#exchange.act(escapeCommand('Smw'), left()));
    const written = await this.read(left());
    for (const [track, text] of wanted) if (written[track] !== text) throw new StationFault('PRN-MAGNETIC', { note: `track ${String(track)} reads back otherwise` });
  }

  async read(limit: Wait): Promise<MagneticTracks> {
    const left = this.#moves.countDown(limit);
    const answer = await this.#exchange.act(escapeCommand('Smr'), left());
    if (answer === 'ERROR MAG') return {};
    requireOk('Smr', answer);
    const texts: Partial<Record<TrackNumber, string>> = {};
    for (const track of trackNumbers) {
      const text = await this.#exchange.ask(escapeCommand('Rmb', String(track)), left());
      if (!text.startsWith('ERROR')) texts[track] = text;
    }
    return texts;
  }
}

function entriesOf(tracks: MagneticTracks): readonly (readonly [TrackNumber, string])[] {
  return trackNumbers.flatMap((track) => {
    const text = tracks[track];
    return text === undefined ? [] : [[track, text] as const];
  });
}
