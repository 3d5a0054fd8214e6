import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import type { EvolisLevels } from '../../codec/evolis-geometry.ts';
import type { CardImage } from '../../contracts/card-image.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import type { PrinterEvidence } from '../../contracts/evidence.ts';
import { StationFault } from '../../contracts/fault.ts';
import type { PrinterCalibration } from '../../contracts/printer-calibration.ts';
import type { CardStation, MagneticEncoder, Printer, PrinterDescription, PrinterSupplies } from '../../contracts/printer.ts';
import { refusalFault } from '../escape/answers.ts';
import { EscapeMoves, sinceBegun } from '../escape/escape-moves.ts';
import { EscapeMagnetic } from '../escape/magnetic.ts';
import { chooseRibbon } from '../escape/ribbons.ts';
import { printBegins, printStep, type PrintState } from './print-machine.ts';
import { planPrint } from './print-plan.ts';
import { EvolisSession, type ConnectPort } from './session.ts';

export interface EvolisPrinterOptions {
  /** Makes a connection to the printer, for example `(limit) => openTcpPort({ host, port: 9100, clock }, limit)`. */
  readonly connect: ConnectPort;
  readonly clock: Clock;
  /** Levels of a dye dot on the wire; 128 unless given. */
  readonly dyeLevels?: Exclude<EvolisLevels, 2>;
  /** Whether the printer's serial line is set to ACK/NACK. */
  readonly acknowledges?: boolean;
  /** Measurements of printers; the one of the serial number that answers is used. */
  readonly calibrations?: readonly PrinterCalibration[];
}

/** Opens an Evolis printer on the escape language. Throws `PRN-OFFLINE` when it cannot be reached, `STA-ABORTED`. */
export async function openEvolisPrinter(options: EvolisPrinterOptions, limit: Wait): Promise<Printer> {
  const session = new EvolisSession(options.connect, options.clock, options.acknowledges ?? false);
  await session.open(limit);
  return new EvolisPrinter(session, options);
}

class EvolisPrinter implements Printer {
  readonly #session: EvolisSession;
  readonly #moves: EscapeMoves;
  readonly magnetic: MagneticEncoder;
  readonly #clock: Clock;
  readonly #dyeLevels: Exclude<EvolisLevels, 2>;
  readonly #calibrations: readonly PrinterCalibration[];

  constructor(session: EvolisSession, { clock, dyeLevels, calibrations }: EvolisPrinterOptions) {
    this.#session = session;
    this.#moves = new EscapeMoves(session, clock);
    this.magnetic = new EscapeMagnetic(session, this.#moves);
    this.#clock = clock;
    this.#dyeLevels = dyeLevels ?? 128;
    this.#calibrations = calibrations ?? [];
  }

  async describe(limit: Wait): Promise<PrinterDescription> {
    return this.#moves.describe(limit);
  }

  async prepare(limit: Wait): Promise<void> {
    return this.#moves.prepare(limit, this.#calibrations);
  }

  async supplies(limit: Wait): Promise<PrinterSupplies> {
    return this.#moves.supplies(limit);
  }

  async examine(limit: Wait): Promise<PrinterEvidence> {
    return this.#moves.examine(limit);
  }

  async feed(to: CardStation, limit: Wait): Promise<void> {
    return this.#moves.feed(to, limit);
  }

  async move(to: CardStation, limit: Wait): Promise<void> {
    return this.#moves.move(to, limit);
  }

  async eject(to: 'output' | 'reject', limit: Wait): Promise<void> {
    return this.#moves.eject(to, limit);
  }

  async print(image: CardImage, limit: Wait): Promise<{ readonly durationMs: number }> {
    const left = this.#moves.countDown(limit);
    const loaded = await this.#moves.loadedRibbon(left());
    const ribbon = chooseRibbon(image, loaded);
    if (ribbon === null) throw new StationFault('PRN-RIBBON-WRONG', { note: `the ribbon is ${JSON.stringify(loaded?.slice(0, 40) ?? '')}` });
    const commands = planPrint(image, ribbon, this.#dyeLevels);
    await this.#moves.expect(['contactless', 'contact', 'print'], 'before printing', left);
    const begunMs = this.#clock.steady();
    await this.#send(commands, left);
    const durationMs = this.#clock.steady() - begunMs;
    await this.#moves.confirm('print', 'after printing', left);
    return { durationMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
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
}
