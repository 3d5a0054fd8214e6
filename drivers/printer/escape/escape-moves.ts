import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import type { CardRaster } from '../../contracts/card-raster.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import type { CardPosition, PrinterEvidence } from '../../contracts/evidence.ts';
import { StationFault } from '../../contracts/fault.ts';
import { calibrationOf, type PrinterCalibration } from '../../contracts/printer-calibration.ts';
import type { CardStation, PrinterDescription, PrinterSupplies } from '../../contracts/printer.ts';
import { isRefusal, parseCount, parseVolts, refusalFault, requireOk } from './answers.ts';
import { calibrationCommands } from './calibration-commands.ts';
import { escapeCommand, type EscapeExchange } from './escape-exchange.ts';
import { modelNamed } from './models.ts';

const insertion: Readonly<Record<CardStation, string>> = { contactless: 'Sic', contact: 'Sis' };
const positions: Readonly<Record<string, CardPosition>> = { OK: 'none', 'NO CARD': 'none', CARD: 'print', 'SMART CARD': 'contact', 'CONTACTLESS CARD': 'contactless' };

/** Host decides on errors; a printed card stays inside; cards come from the feeder; rejected ones go to the rear box. */
const modes: readonly EvolisCommand[] = [escapeCommand('Pem', '2'), escapeCommand('Psoe', 'D'), escapeCommand('Pcim', 'F'), escapeCommand('Pcrm', 'D')];

/** What a printer is told to keep from a person's screen; one that has no pop-ups does not know the command. */
const silences: readonly EvolisCommand[] = [escapeCommand('Pps', '0')];
const unknownHere: ReadonlySet<string> = new Set(['ERROR CDE', 'OPT NOT AVAILABLE']);

/** Above this a card stands at the bezel sensor (about 0,2 V without, 4,9 V with one). */
const bezelCardVolts = 2.5;
const countTries = 3;

/** Everything of a printer that speaks the escape language but printing: who it is, what is left, where the card is, moves. */
export class EscapeMoves {
  readonly #exchange: EscapeExchange;
  readonly #clock: Clock;
  readonly #raster: CardRaster | null;

  /** `raster` is the one that was chosen for the printer; null for its model's own. */
  constructor(exchange: EscapeExchange, clock: Clock, raster: CardRaster | null) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#raster = raster;
  }

  async describe(limit: Wait): Promise<PrinterDescription> {
    const left = this.countDown(limit);
    const model = await this.#answer(escapeCommand('Rtp'), left());
    const serial = await this.#answer(escapeCommand('Rsn'), left());
    const firmware = await this.#answer(escapeCommand('Rfv'), left());
    const stations: CardStation[] = [];
    if (!isRefusal(await this.#exchange.ask(escapeCommand('Roc'), left()))) stations.push('contactless');
    if (!isRefusal(await this.#exchange.ask(escapeCommand('Ros'), left()))) stations.push('contact');
    // A magnetic memory that is empty answers an error of its own; only a printer without a head has no such command.
    const magnetic = !['OPT NOT AVAILABLE', 'ERROR CDE'].includes(await this.#exchange.ask(escapeCommand('Rmb', '1'), left()));
    const { duplex, colour, raster } = modelNamed(model);
    const { widthDots, heightDots } = this.#raster ?? raster;
    return { maker: 'Evolis', model, serial, firmware, stations, duplex, colour, magnetic, widthDots, heightDots };
  }

  /** The raster that cards are printed in: the chosen one, else that of the model that answers. */
  async raster(limit: Wait): Promise<CardRaster> {
    return this.#raster ?? modelNamed(await this.#answer(escapeCommand('Rtp'), limit)).raster;
  }

  /** Sets the modes, and what was measured of the printer that answers. */
  async prepare(limit: Wait, calibrations: readonly PrinterCalibration[]): Promise<void> {
    const left = this.countDown(limit);
    for (const setting of modes) requireOk(setting.name, await this.#exchange.ask(setting, left()));
    for (const silence of silences) {
      const answer = await this.#exchange.ask(silence, left());
      if (!unknownHere.has(answer)) requireOk(silence.name, answer);
    }
    await this.calibrate(left, calibrations);
  }

  /** Sets what was measured of the printer that answers. A printer that restarted has forgotten it. */
  async calibrate(left: () => Wait, calibrations: readonly PrinterCalibration[]): Promise<void> {
    if (calibrations.length === 0) return;
    const calibration = calibrationOf(calibrations, await this.#answer(escapeCommand('Rsn'), left()));
    const settings = calibration === null ? [] : calibrationCommands(calibration);
    for (const setting of settings) requireOk(setting.name, await this.#exchange.ask(setting, left()));
  }

  async supplies(limit: Wait): Promise<PrinterSupplies> {
    const left = this.countDown(limit);
    const ribbon = await this.#exchange.ask(escapeCommand('Rr'), left());
    return {
      ribbon: isRefusal(ribbon) ? null : ribbon,
      ribbonSetsLeft: await this.#count(escapeCommand('Rrt', 'count'), left),
      cardsUntilCleaning: await this.#count(escapeCommand('Rco', 'r'), left),
      head: await this.#headKit(left()),
      headCards: null,
    };
  }

  async examine(limit: Wait): Promise<PrinterEvidence> {
    const left = this.countDown(limit);
    const position = await this.#position(left);
    const cardsFed = await this.#count(escapeCommand('Rco', 'c'), left);
    const panelsPrinted = await this.#count(escapeCommand('Rco', 'p'), left);
    return { position, cardsFed, panelsPrinted, cardsToOutput: null, cardsToReject: null };
  }

  async feed(to: CardStation, limit: Wait): Promise<void> {
    const left = this.countDown(limit);
    await this.expect(['none'], 'before feeding', left);
    await this.#act(escapeCommand(insertion[to]), left());
    await this.confirm(to, 'after feeding', left);
  }

  async move(to: CardStation, limit: Wait): Promise<void> {
    const left = this.countDown(limit);
    await this.expect(['contactless', 'contact', 'print'], 'before moving', left);
    await this.#act(escapeCommand(insertion[to]), left());
    await this.confirm(to, 'after moving', left);
  }

  async eject(to: 'output' | 'reject', limit: Wait): Promise<void> {
    const left = this.countDown(limit);
    const at = await this.#position(left);
    if (at === 'none') throw new StationFault('PRN-UNKNOWN', { note: 'no card inside before ejecting' });
    await this.#act(escapeCommand(to === 'output' ? 'Se' : 'Ser'), left());
    await this.confirm('none', 'after ejecting', left);
  }

  /** Draws a cleaning card through. */
  async clean(limit: Wait): Promise<void> {
    const left = this.countDown(limit);
    await this.expect(['none'], 'before cleaning', left);
    await this.#act(escapeCommand('Scp'), left());
    await this.confirm('none', 'after cleaning', left);
  }

  /** What is left of a limit, whenever it is asked. */
  countDown(limit: Wait): () => Wait {
    const deadline = this.#clock.steady() + limit.timeoutMs;
    return () => ({ signal: limit.signal, timeoutMs: Math.max(0, deadline - this.#clock.steady()) });
  }

  /** The ribbon inside, in lower case; null where the printer does not name it. Throws `PRN-RIBBON-WRONG` when it sees none. */
  async loadedRibbon(limit: Wait): Promise<string | null> {
    const answered = await this.#exchange.ask(escapeCommand('Rr'), limit);
    if (answered === 'ERR RIB DETECTION' || answered === 'ERROR RIBBON') throw new StationFault('PRN-RIBBON-WRONG', { note: `Rr answered ${answered}` });
    return isRefusal(answered) ? null : answered.toLowerCase();
  }

  /** An OK is believed when the card is where it should be; anything else is for a person to look at. */
  async confirm(position: CardPosition, when: string, left: () => Wait): Promise<void> {
    await sinceBegun(true, {}, async () => this.expect([position], when, left));
  }

  /** Throws `PRN-UNKNOWN` when the card is nowhere of these. */
  async expect(allowed: readonly CardPosition[], when: string, left: () => Wait): Promise<void> {
    const position = await this.#position(left);
    if (!allowed.includes(position)) throw new StationFault('PRN-UNKNOWN', { note: `position ${position} ${when}`, data: { position } });
  }

  async #act(act: EvolisCommand, limit: Wait): Promise<void> {
    requireOk(act.name, await this.#exchange.act(act, limit));
  }

  /** An answer that must be a value. */
  async #answer(question: EvolisCommand, limit: Wait): Promise<string> {
    const answer = await this.#exchange.ask(question, limit);
    if (isRefusal(answer)) throw refusalFault(question.name, answer);
    return answer;
  }

  async #headKit(limit: Wait): Promise<string | null> {
    const answer = await this.#exchange.ask(escapeCommand('Rkn'), limit);
    return isRefusal(answer) || answer === '' ? null : answer;
  }

  /** Ribbon counts are sometimes answered `OK` instead of a number; a repeat gives the number (printers.md 2.8). */
  async #count(question: EvolisCommand, left: () => Wait): Promise<number | null> {
    for (let tries = 0; tries < countTries; tries += 1) {
      const answer = await this.#exchange.ask(question, left());
      if (answer !== 'OK') return parseCount(answer);
    }
    return null;
  }

  /** `Rlr;p` knows no card at the bezel; the bezel sensor does. */
  async #position(left: () => Wait): Promise<CardPosition> {
    const position = positions[await this.#exchange.ask(escapeCommand('Rlr', 'p'), left())] ?? 'unknown';
    if (position !== 'none') return position;
    const volts = parseVolts(await this.#exchange.ask(escapeCommand('Rse', 'b'), left()));
    return volts !== null && volts > bezelCardVolts ? 'exit' : 'none';
  }
}

/** A printer that falls silent once something was begun is not merely offline: where the card is and what is on it is unknown. */
export async function sinceBegun<T>(begun: boolean, data: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!begun || !(error instanceof StationFault) || error.code !== 'PRN-OFFLINE') throw error;
    throw new StationFault('PRN-UNKNOWN', { note: 'the printer fell silent after an act was begun', data }, error);
  }
}
