import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import { evolis300Dpi, type EvolisLevels } from '../../codec/evolis-geometry.ts';
import type { CardImage } from '../../contracts/card-image.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import type { CardPosition, PrinterEvidence } from '../../contracts/evidence.ts';
import { StationFault } from '../../contracts/fault.ts';
import type { CardStation, Printer, PrinterDescription, PrinterSupplies } from '../../contracts/printer.ts';
import { isRefusal, parseCount, parseVolts, refusalFault, requireOk } from './answers.ts';
import { modelNamed } from './models.ts';
import { printBegins, printStep, type PrintState } from './print-machine.ts';
import { chooseRibbon, planPrint } from './print-plan.ts';
import { EvolisSession, type ConnectPort } from './session.ts';

export interface EvolisPrinterOptions {
  /** Makes a connection to the printer, for example `(limit) => openTcpPort({ host, port: 9100, clock }, limit)`. */
  readonly connect: ConnectPort;
  readonly clock: Clock;
  /** Levels of a dye dot on the wire; 128 unless given. */
  readonly dyeLevels?: Exclude<EvolisLevels, 2>;
}

/** Opens an Evolis printer on the escape language. Throws `PRN-OFFLINE` when it cannot be reached, `STA-ABORTED`. */
export async function openEvolisPrinter(options: EvolisPrinterOptions, limit: Wait): Promise<Printer> {
  const session = new EvolisSession(options.connect, options.clock);
  await session.open(limit);
  return new EvolisPrinter(session, options.clock, options.dyeLevels ?? 128);
}

const command = (name: string, ...params: string[]): EvolisCommand => ({ name, params });

const insertion: Readonly<Record<CardStation, string>> = { contactless: 'Sic', contact: 'Sis' };
const positions: Readonly<Record<string, CardPosition>> = { OK: 'none', 'NO CARD': 'none', CARD: 'print', 'SMART CARD': 'contact', 'CONTACTLESS CARD': 'contactless' };

/** Host decides on errors; a printed card stays inside; cards come from the feeder; rejected ones go to the rear box. */
const modes: readonly EvolisCommand[] = [command('Pem', '2'), command('Psoe', 'D'), command('Pcim', 'F'), command('Pcrm', 'D')];

/** Above this a card stands at the bezel sensor (about 0,2 V without, 4,9 V with one). */
const bezelCardVolts = 2.5;
const countTries = 3;

class EvolisPrinter implements Printer {
  readonly #session: EvolisSession;
  readonly #clock: Clock;
  readonly #dyeLevels: Exclude<EvolisLevels, 2>;

  constructor(session: EvolisSession, clock: Clock, dyeLevels: Exclude<EvolisLevels, 2>) {
    this.#session = session;
    this.#clock = clock;
    this.#dyeLevels = dyeLevels;
  }

  async describe(limit: Wait): Promise<PrinterDescription> {
    const left = this.#countDown(limit);
    const model = await this.#answer(command('Rtp'), left());
    const serial = await this.#answer(command('Rsn'), left());
    const firmware = await this.#answer(command('Rfv'), left());
    const stations: CardStation[] = [];
    if (!isRefusal(await this.#session.ask(command('Roc'), left()))) stations.push('contactless');
    if (!isRefusal(await this.#session.ask(command('Ros'), left()))) stations.push('contact');
    return { maker: 'Evolis', model, serial, firmware, stations, ...modelNamed(model), widthDots: evolis300Dpi.lines, heightDots: evolis300Dpi.dotsPerLine };
  }

  async prepare(limit: Wait): Promise<void> {
    const left = this.#countDown(limit);
    for (const mode of modes) requireOk(mode.name, await this.#session.ask(mode, left()));
  }

  async supplies(limit: Wait): Promise<PrinterSupplies> {
    const left = this.#countDown(limit);
    const ribbon = await this.#session.ask(command('Rr'), left());
    return {
      ribbon: isRefusal(ribbon) ? null : ribbon,
      cardsLeftOnRibbon: await this.#count(command('Rrt', 'count'), left),
      cardsUntilCleaning: await this.#count(command('Rco', 'r'), left),
    };
  }

  async examine(limit: Wait): Promise<PrinterEvidence> {
    const left = this.#countDown(limit);
    const position = await this.#position(left);
    const cardsFed = await this.#count(command('Rco', 'c'), left);
    const panelsPrinted = await this.#count(command('Rco', 'p'), left);
    return { position, cardsFed, panelsPrinted, cardsToOutput: null, cardsToReject: null };
  }

  async feed(to: CardStation, limit: Wait): Promise<void> {
    const left = this.#countDown(limit);
    await this.#expect(['none'], 'before feeding', left);
    await this.#act(command(insertion[to]), left());
    await this.#confirm(to, 'after feeding', left);
  }

  async move(to: CardStation, limit: Wait): Promise<void> {
    const left = this.#countDown(limit);
    await this.#expect(['contactless', 'contact', 'print'], 'before moving', left);
    await this.#act(command(insertion[to]), left());
    await this.#confirm(to, 'after moving', left);
  }

  async print(image: CardImage, limit: Wait): Promise<{ readonly durationMs: number }> {
    const left = this.#countDown(limit);
    const answered = await this.#session.ask(command('Rr'), left());
    if (answered === 'ERR RIB DETECTION') throw refusalFault('Rr', answered);
    const ribbon = chooseRibbon(image, isRefusal(answered) ? null : answered.toLowerCase());
    if (ribbon === null) throw new StationFault('PRN-RIBBON-WRONG', { note: `the ribbon is ${JSON.stringify(answered.slice(0, 40))}` });
    const commands = planPrint(image, ribbon, this.#dyeLevels);
    await this.#expect(['contactless', 'contact', 'print'], 'before printing', left);
    const begunMs = this.#clock.steady();
    await this.#send(commands, left);
    const durationMs = this.#clock.steady() - begunMs;
    await this.#confirm('print', 'after printing', left);
    return { durationMs };
  }

  async eject(to: 'output' | 'reject', limit: Wait): Promise<void> {
    const left = this.#countDown(limit);
    const at = await this.#position(left);
    if (at === 'none') throw new StationFault('PRN-UNKNOWN', { note: 'no card inside before ejecting' });
    await this.#act(command(to === 'output' ? 'Se' : 'Ser'), left());
    await this.#confirm('none', 'after ejecting', left);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  #countDown(limit: Wait): () => Wait {
    const deadline = this.#clock.steady() + limit.timeoutMs;
    return () => ({ signal: limit.signal, timeoutMs: Math.max(0, deadline - this.#clock.steady()) });
  }

  async #send(commands: readonly EvolisCommand[], left: () => Wait): Promise<void> {
    let state: PrintState = printBegins;
    while (state.at === 'sending') {
      const next = commands[state.next];
      if (next === undefined) return;
      const { card } = state;
      const answer = await sinceBegun(state.next > 0, { card }, async () => this.#session.act(next, left()));
      state = printStep(commands, state, answer);
    }
    if (state.at === 'refused') throw refusalFault(state.command, state.answer, { card: state.card });
  }

  async #act(act: EvolisCommand, limit: Wait): Promise<void> {
    requireOk(act.name, await this.#session.act(act, limit));
  }

  /** An answer that must be a value. */
  async #answer(question: EvolisCommand, limit: Wait): Promise<string> {
    const answer = await this.#session.ask(question, limit);
    if (isRefusal(answer)) throw refusalFault(question.name, answer);
    return answer;
  }

  /** Ribbon counts are sometimes answered `OK` instead of a number; a repeat gives the number (printers.md 2.8). */
  async #count(question: EvolisCommand, left: () => Wait): Promise<number | null> {
    for (let tries = 0; tries < countTries; tries += 1) {
      const answer = await this.#session.ask(question, left());
      if (answer !== 'OK') return parseCount(answer);
    }
    return null;
  }

  /** `Rlr;p` knows no card at the bezel; the bezel sensor does. */
  async #position(left: () => Wait): Promise<CardPosition> {
    const position = positions[await this.#session.ask(command('Rlr', 'p'), left())] ?? 'unknown';
    if (position !== 'none') return position;
    const volts = parseVolts(await this.#session.ask(command('Rse', 'b'), left()));
    return volts !== null && volts > bezelCardVolts ? 'exit' : 'none';
  }

  /** An OK is believed when the card is where it should be; anything else is for a person to look at. */
  async #confirm(position: CardPosition, when: string, left: () => Wait): Promise<void> {
    await sinceBegun(true, {}, async () => this.#expect([position], when, left));
  }

  async #expect(allowed: readonly CardPosition[], when: string, left: () => Wait): Promise<void> {
    const position = await this.#position(left);
    if (!allowed.includes(position)) throw new StationFault('PRN-UNKNOWN', { note: `position ${position} ${when}`, data: { position } });
  }
}

/** A printer that falls silent once something was begun is not merely offline: where the card is and what is on it is unknown. */
async function sinceBegun<T>(begun: boolean, data: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!begun || !(error instanceof StationFault) || error.code !== 'PRN-OFFLINE') throw error;
    throw new StationFault('PRN-UNKNOWN', { note: 'the printer fell silent after an act was begun', data }, error);
  }
}
