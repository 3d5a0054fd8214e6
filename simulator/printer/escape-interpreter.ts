import type { EvolisCommand } from '../../drivers/codec/evolis-frame.ts';
import { rasterSize } from '../../drivers/codec/evolis-geometry.ts';
import { decodePanel } from '../../drivers/codec/evolis-panel.ts';
import type { Ink } from '../../drivers/contracts/card-image.ts';
import type { CardRaster } from '../../drivers/contracts/card-raster.ts';
import type { ActOutcome, PathAct, Refusal } from '../machine/card-path-acts.ts';
import type { Side } from '../machine/card-path-marks.ts';
import type { Mechanics } from '../machine/card-path-mechanics.ts';
import { setsLeft } from '../machine/card-path-ribbon.ts';
import { outputIsFull, type PathStation } from '../machine/card-path.ts';
import { answerQuestion, detectedRibbon } from './escape-questions.ts';
import { applySetting, modesAtPowerOn, type PrinterModes } from './escape-settings.ts';
import { MagneticUnit } from './magnetic-unit.ts';
import { inkOf, PanelMemory } from './panel-memory.ts';
import { tunedPanel } from './print-tuning.ts';
import type { PrinterIdentity } from './printer-identity.ts';

/** A print sequence between `Ss` and `Se`: the side that downloads are for, and the panel that waits to be printed. */
interface PrintSequence {
  readonly side: Side;
  readonly pending: { readonly side: Side; readonly ink: Ink; readonly dots: Uint8Array } | null;
}

const refusalTexts: Readonly<Record<Refusal, string>> = {
  'feeder-empty': 'FEEDER EMPTY',
  jam: 'CARD JAM',
  'cover-open': 'COVER OPEN',
  'output-full': 'HOPPER FULL',
  'reject-full': 'HOPPER FULL',
  'card-inside': 'ERROR',
  'no-card': 'ERROR',
  'ribbon-missing': 'ERR RIB DETECTION',
  'ribbon-end': 'ERROR RIBBON',
  'ribbon-wrong': 'ERR RIB DETECTION',
  'head-hot': 'ERROR HEAD',
  'need-cleaning': 'NEED CLEANING',
};

/** Commands that move or mark a card; faults of the link count them. */
export const actingCommands: ReadonlySet<string> = new Set(['Si', 'Sib', 'Sis', 'Sic', 'Sie', 'Se', 'Ser', 'Seb', 'Ss', 'Sr', 'Sv', 'Db', 'Dbc', 'Scp', 'Scs', 'Sc', 'Sp', 'Ssd', 'Smw', 'Smr']);

export interface InterpreterOptions<Card> {
  readonly mechanics: Mechanics<Card>;
  readonly identity: PrinterIdentity;
  /** Called when a host names a ribbon, before the command is answered: an obliging operator may insert it. */
  readonly onRibbonNamed: (ribbon: string) => void;
}

/**
 * The firmware: commands in, answers out, one at a time. Modes and the print sequence live here and are gone after
 * `restart`; where cards are is the mechanics' business.
 */
export class EscapeInterpreter<Card> {
  readonly #options: InterpreterOptions<Card>;
  readonly #magnetic: MagneticUnit<Card>;
  readonly #memory: PanelMemory;
  #modes: PrinterModes = modesAtPowerOn;
  #sequence: PrintSequence | null = null;

  constructor(options: InterpreterOptions<Card>) {
    this.#options = options;
    this.#magnetic = new MagneticUnit(options.mechanics);
    this.#memory = new PanelMemory(options.identity.raster);
  }

  restart(): void {
    const { storedErrorHandling } = this.#modes;
    this.#modes = { ...modesAtPowerOn, errorHandling: storedErrorHandling, storedErrorHandling };
    this.#sequence = null;
    this.#magnetic.restart();
    this.#memory.restart();
  }

  /** Executes one command; resolves with its answer when the mechanics are done. Downloads are in the printer's own raster unless another is given. */
  async execute({ name, params, payload }: EvolisCommand, raster: CardRaster = this.#options.identity.raster): Promise<string> {
    const setting = applySetting(this.#modes, name, params);
    if (setting !== null) {
      this.#modes = setting.modes;
      if (name === 'Pr' && setting.answer === 'OK' && setting.modes.ribbon !== null) this.#options.onRibbonNamed(setting.modes.ribbon);
      return setting.answer;
    }
    const { identity, mechanics } = this.#options;
    const answer = answerQuestion({ path: mechanics.holder.path, modes: this.#modes, identity }, name, params);
    if (answer !== null) return answer;
    if (name === 'Db' || name === 'Dbc') return this.#download(payload === undefined ? { name, params } : { name, params, payload }, raster);
    const special = await this.#memoryCommand(name, params);
    return special ?? this.#act(name, params);
  }

  /** Magnetic tracks and the memory of panels; null when the command is neither. */
  async #memoryCommand(name: string, params: readonly string[]): Promise<string | null> {
    const [first = ''] = params;
    if (name === 'Wcb') return this.#memory.clear(params) ? 'OK' : 'ERROR PARAMETRES';
    if (name === 'Ssd' || name === 'Sp') return this.#printMemory(name, first);
    if (name === 'Sc') return params.length === 0 ? this.#copy() : 'ERROR PARAMETRES';
    if (name !== 'Dm' && name !== 'Smw' && name !== 'Smr' && name !== 'Rmb') return null;
    if (!this.#options.identity.magnetic) return 'OPT NOT AVAILABLE';
    if (name === 'Dm') return this.#magnetic.load(params);
    if (name === 'Rmb') return this.#magnetic.text(first);
    this.#sequence = null;
    return name === 'Smw' ? this.#magnetic.write() : this.#magnetic.read();
  }

  /** Prints a panel as it stands in memory: `Ssd` as a download would, `Sp` at once. */
  async #printMemory(name: 'Ssd' | 'Sp', panel: string): Promise<string> {
    const dots = this.#memory.panel(panel);
    if (dots === null) return 'ERROR PARAMETRES';
    const taken = await this.#pend(dots.ink, dots.dots);
    return taken === 'OK' && name === 'Sp' ? this.#printPending() : taken;
  }

  /** Prints the last sequence once more, on a card of its own, and ejects it. */
  async #copy(): Promise<string> {
    const last = this.#memory.lastSequence;
    if (last.length === 0 || this.#sequence !== null) return 'ERROR';
    const started = await this.#start();
    if (started !== 'OK') return started;
    for (const { side, ink, dots } of last) {
      const turned = this.#sequence === null ? 'ERROR' : await this.#pendOn(side, ink, dots);
      if (turned !== 'OK') return turned;
    }
    return this.#end();
  }

  async #pendOn(side: Side, ink: Ink, dots: Uint8Array): Promise<string> {
    const printed = await this.#printPending();
    if (printed === 'OK') this.#sequence = { side, pending: { side, ink, dots } };
    return printed;
  }

  async #act(name: string, params: readonly string[]): Promise<string> {
    const { identity } = this.#options;
    const known = actingCommands.has(name);
    if (known && params.length > 0 && !(name === 'Se' && params.join(';') === '1')) return 'ERROR PARAMETRES';
    switch (name) {
      case 'Ss': return this.#start();
      case 'Sr': return this.#turn('front');
      case 'Sv': return identity.duplex ? this.#turn('back') : 'OPT NOT AVAILABLE';
      case 'Se': return this.#end();
      case 'Si':
      case 'Sib': return this.#bring('print');
      case 'Sis': return identity.contact ? this.#bring('contact') : 'OPT NOT AVAILABLE';
      case 'Sic': return identity.contactless ? this.#bring('contactless') : 'OPT NOT AVAILABLE';
      case 'Sie': return this.#bring('exit');
      case 'Ser':
      case 'Seb': return this.#leave('reject');
      case 'Scp': return this.#perform({ kind: 'clean' });
      case 'Scs': return this.#clearStatus();
      default: return 'ERROR CDE';
    }
  }

  async #perform(act: PathAct): Promise<string> {
    return answerOf(await this.#options.mechanics.perform(act));
  }

  /** Brings the card to a station, from the feeder when none is inside. A sequence that was open is over. */
  async #bring(to: PathStation): Promise<string> {
    this.#sequence = null;
    const { inside } = this.#options.mechanics.holder.path;
    if (inside === null) return this.#perform({ kind: 'take', to });
    if (inside.side === 'back') {
      const flipped = await this.#perform({ kind: 'flip' });
      if (flipped !== 'OK') return flipped;
    }
    return this.#perform({ kind: 'move', to });
  }

  async #leave(to: 'output' | 'reject'): Promise<string> {
    this.#sequence = null;
    return this.#perform({ kind: 'leave', to });
  }

  async #start(): Promise<string> {
    const { path } = this.#options.mechanics.holder;
    const loaded = detectedRibbon(path);
    if (loaded === null) return 'ERR RIB DETECTION';
    if (this.#modes.ribbon !== null && this.#modes.ribbon !== loaded) return 'ERROR RIBBON';
    if (path.ribbon !== null && setsLeft(path.ribbon) === 0) return 'ERROR RIBBON';
    if (outputIsFull(path)) return 'HOPPER FULL';
    const brought = path.inside?.position === 'print' ? 'OK' : await this.#bring('print');
    if (brought !== 'OK') return brought;
    const synchronised = await this.#perform({ kind: 'synchronise' });
    if (synchronised !== 'OK') return synchronised;
    this.#sequence = { side: 'front', pending: null };
    this.#memory.sequenceBegins();
    return 'OK';
  }

  async #turn(side: Side): Promise<string> {
    if (this.#sequence === null) return 'ERROR';
    const printed = await this.#printPending();
    if (printed === 'OK') this.#sequence = { side, pending: null };
    return printed;
  }

  /** A download starts the printing of the panel before it; its own panel is printed by what comes next. */
  async #download(command: EvolisCommand, raster: CardRaster): Promise<string> {
    const decoded = decodePanel(command, rasterSize(raster));
    if (decoded === null) return 'ERROR PARAMETRES';
    this.#memory.keep(decoded.panel, decoded.dots);
    return this.#pend(inkOf(decoded.panel), decoded.dots);
  }

  async #pend(ink: Ink, dots: Uint8Array): Promise<string> {
    if (this.#sequence === null) return 'ERROR';
    return this.#pendOn(this.#sequence.side, ink, dots);
  }

  /** A sequence whose panel could not be printed is over. */
  async #printPending(): Promise<string> {
    const sequence = this.#sequence;
    if (sequence?.pending == null) return 'OK';
    const { side, ink, dots } = sequence.pending;
    this.#sequence = null;
    if (this.#options.mechanics.holder.path.inside?.side !== side) {
      const flipped = await this.#perform({ kind: 'flip' });
      if (flipped !== 'OK') return flipped;
    }
    const printed = await this.#perform({ kind: 'mark', ink, dots: tunedPanel(dots, ink, this.#modes.tuning, this.#options.identity.misplaced) });
    if (printed !== 'OK') return printed;
    this.#sequence = { side: sequence.side, pending: null };
    this.#memory.printed({ side, ink, dots });
    return 'OK';
  }

  /** Ends the sequence: prints the last panel and ejects, unless printed cards stay inside. Without a sequence: ejects. */
  async #end(): Promise<string> {
    if (this.#sequence === null) return this.#leave('output');
    const printed = await this.#printPending();
    this.#sequence = null;
    if (printed !== 'OK') return printed;
    if (!this.#modes.keepInside) return this.#leave('output');
    return this.#options.mechanics.holder.path.inside?.side === 'back' ? this.#perform({ kind: 'flip' }) : 'OK';
  }

  /** Clears a ribbon end that the counter contradicts; a card that is inside goes to the reject box (printers.md 2.8). */
  async #clearStatus(): Promise<string> {
    const { holder } = this.#options.mechanics;
    holder.update((path) => (path.ribbon !== null && setsLeft(path.ribbon) > 0 ? { ...path, standing: path.standing.filter((name) => name !== 'ribbon-end') } : path));
    return holder.path.inside === null ? 'OK' : this.#leave('reject');
  }
}

function answerOf(outcome: ActOutcome<unknown>): string {
  if (outcome.done || outcome.concealed) return 'OK';
  return refusalTexts[outcome.refusal];
}
