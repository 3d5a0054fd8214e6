import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import type { EvolisLevels } from '../../codec/evolis-geometry.ts';
import type { CardImage } from '../../contracts/card-image.ts';
import type { CardRaster } from '../../contracts/card-raster.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import type { PrinterCalibration } from '../../contracts/printer-calibration.ts';
import type { Printer } from '../../contracts/printer.ts';
import { refusalFault } from '../escape/answers.ts';
import { escapeEvidence } from '../escape/evidence-table.ts';
import { sinceBegun } from '../escape/escape-moves.ts';
import { EscapePrinter, type Marking } from '../escape/escape-printer.ts';
import { printBegins, printStep, type PrintState } from './print-machine.ts';
import { planPrint } from './print-plan.ts';
import { EvolisSession, type ConnectPort } from './session.ts';

export interface EvolisPrinterOptions {
  /** Makes a connection to the printer, for example `(limit) => openTcpPort({ host, port: 9100, clock }, limit)`. */
  readonly connect: ConnectPort;
  readonly clock: Clock;
  /** Levels of a dye dot on the wire; 128 unless given. */
  readonly dyeLevels?: EvolisLevels;
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

class EvolisPrinter extends EscapePrinter {
  readonly proofs = escapeEvidence;
  readonly #session: EvolisSession;
  readonly #clock: Clock;
  readonly #dyeLevels: EvolisLevels;

  constructor(session: EvolisSession, { clock, dyeLevels, calibrations }: EvolisPrinterOptions) {
    super(session, clock, calibrations ?? []);
    this.#session = session;
    this.#clock = clock;
    this.#dyeLevels = dyeLevels ?? 128;
  }

  protected override plan(image: CardImage, ribbon: string, raster: CardRaster): Marking {
    const commands = planPrint(image, ribbon, this.#dyeLevels, raster);
    return async (left) => {
      const begunMs = this.#clock.steady();
      await this.#send(commands, left);
      return this.#clock.steady() - begunMs;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  async #send(commands: readonly EvolisCommand[], left: () => Wait): Promise<void> {
    let state: PrintState = printBegins;
    while (state.at === 'sending') {
      const next = commands[state.next];
      if (next === undefined) return;
      const { card, where } = state;
      const answer = await sinceBegun(state.next > 0, { card, where }, async () => this.#session.act(next, left()));
      state = printStep(commands, state, answer);
    }
    if (state.at === 'refused') throw refusalFault(state.command, state.answer, { card: state.card, where: state.where });
  }
}
