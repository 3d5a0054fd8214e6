import { EvolisCommandParser } from '../../drivers/codec/evolis-command-parser.ts';
import type { EvolisCommand } from '../../drivers/codec/evolis-frame.ts';
import { readBinary } from '../../drivers/codec/espf-message.ts';
import type { CardRaster } from '../../drivers/contracts/card-raster.ts';
import type { Mechanics } from '../machine/card-path-mechanics.ts';
import { EspfError } from './espf-error.ts';
import { jobCommands, jobRaster, type EspfJob } from './espf-job.ts';
import { printerState, refusalEvent, statusFlags, type PrinterState } from './espf-states.ts';
import { EspfEvents } from './espf-supervision.ts';
import { EscapeInterpreter } from './escape-interpreter.ts';
import type { PrinterIdentity } from './printer-identity.ts';

export interface SupervisedPrinterOptions<Card> {
  readonly mechanics: Mechanics<Card>;
  readonly identity: PrinterIdentity;
  readonly onRibbonNamed: (ribbon: string) => void;
}

/** The printer as the service drives it: single commands, whole jobs with questions to the client, its state. */
export class SupervisedPrinter<Card> {
  readonly events = new EspfEvents();
  readonly #options: SupervisedPrinterOptions<Card>;
  readonly #interpreter: EscapeInterpreter<Card>;
  readonly #closing = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #printing = false;

  constructor(options: SupervisedPrinterOptions<Card>) {
    this.#options = options;
    this.#interpreter = new EscapeInterpreter(options);
  }

  get state(): PrinterState {
    return printerState(statusFlags(this.#options.mechanics.holder.path, this.#printing));
  }

  restart(): void {
    this.#interpreter.restart();
  }

  /** Executes one command given as text without ESC and CR; what is no command is `ERROR CDE`. */
  async send(text: string): Promise<string> {
    const bytes = readBinary(text);
    const command = bytes === null ? null : oneCommand(bytes);
    if (command === null) return 'ERROR CDE';
    return this.#inTurn(async () => this.#interpreter.execute(command));
  }

  /** Prints a job; resolves when it is done. What the printer refuses becomes an event that waits for its answer. */
  async print(job: EspfJob): Promise<string> {
    const raster = jobRaster(job, this.#options.identity.raster);
    if (raster === null) throw new EspfError(7, 'resolution not supported');
    const commands = jobCommands(job, raster);
    if (typeof commands === 'string') throw new EspfError(7, commands);
    return this.#inTurn(async () => {
      this.#printing = true;
      try {
        return await this.#run(commands, raster);
      } finally {
        this.#printing = false;
      }
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turn;
    await this.#options.mechanics.idle();
  }

  /** A job can be tried again as long as nothing is on the card. */
  async #run(commands: readonly EvolisCommand[], raster: CardRaster): Promise<string> {
    for (;;) {
      const panelsBefore = this.#options.mechanics.holder.path.counters.panelsPrinted;
      const refusal = await this.#execute(commands, raster);
      if (refusal === null) return 'OK';
      const marked = this.#options.mechanics.holder.path.counters.panelsPrinted !== panelsBefore;
      const event = refusalEvent(refusal);
      const action = await this.events.raise(event, marked ? ['CANCEL'] : ['RETRY', 'CANCEL'], this.#closing.signal);
      if (action !== 'RETRY') throw new EspfError(8, `job cancelled: ${event}`);
    }
  }

  async #execute(commands: readonly EvolisCommand[], raster: CardRaster): Promise<string | null> {
    for (const command of commands) {
      const answer = await this.#interpreter.execute(command, raster);
      if (answer !== 'OK') return answer;
    }
    return null;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

function oneCommand(bytes: Uint8Array): EvolisCommand | null {
  const frames = new EvolisCommandParser().push(Buffer.concat([Buffer.from([0x1b]), bytes, Buffer.from([0x0d])])).filter((frame) => frame.kind !== 'download');
  const [frame] = frames;
  return frames.length === 1 && frame?.kind === 'command' ? frame.command : null;
}
