import type { CardImage } from '../../contracts/card-image.ts';
import { cardRasters, type CardRaster, type Resolution } from '../../contracts/card-raster.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import { StationFault } from '../../contracts/fault.ts';
import type { PrinterCalibration } from '../../contracts/printer-calibration.ts';
import type { Printer } from '../../contracts/printer.ts';
import { EscapePrinter, type Marking } from '../escape/escape-printer.ts';
import { espfEvidence } from '../escape/evidence-table.ts';
import { eventFault, planPrintCall, readEvent } from './print-call.ts';
import { ServiceExchange } from './service-exchange.ts';
import { refusalOf, ServiceLink, type CallOutcome, type ConnectPort } from './service-link.ts';

export interface EspfPrinterOptions {
  /** Makes a connection to the service, for example `(limit) => openTcpPort({ host: '127.0.0.1', port: 18000, clock }, limit)`. */
  readonly connect: ConnectPort;
  /** The printer's name in the service, such as `Evolis Primacy 2`. */
  readonly device: string;
  readonly clock: Clock;
  /** How often events are asked for while a card is printed; 500 ms unless given. */
  readonly pollMs?: number;
  /** Measurements of printers; the one of the serial number that answers is used. */
  readonly calibrations?: readonly PrinterCalibration[];
  /** The resolution that the service is asked for; the model's own unless given. */
  readonly resolution?: Resolution;
}

/** Opens a printer through the vendor's service. Throws `PRN-OFFLINE` when the service or the printer is not there, `STA-ABORTED`. */
export async function openEspfPrinter(options: EspfPrinterOptions, limit: Wait): Promise<Printer> {
  const link = new ServiceLink(options.connect, options.clock);
  const state = await link.ask('SUPERVISION.GetState', { device: options.device }, limit);
  if (state.kind === 'refused') throw refusalOf('SUPERVISION.GetState', state);
  if (state.text.startsWith('OFF')) throw new StationFault('PRN-OFFLINE', { note: `the service says ${state.text.slice(0, 60)}` });
  return new EspfPrinter(link, options);
}

class EspfPrinter extends EscapePrinter {
  readonly proofs = espfEvidence;
  readonly #link: ServiceLink;
  readonly #device: string;
  readonly #clock: Clock;
  readonly #pollMs: number;

  constructor(link: ServiceLink, { device, clock, pollMs, calibrations, resolution }: EspfPrinterOptions) {
    super(new ServiceExchange(link, device, clock), clock, calibrations ?? [], resolution === undefined ? null : cardRasters[resolution]);
    this.#link = link;
    this.#device = device;
    this.#clock = clock;
    this.#pollMs = pollMs ?? 500;
  }

  protected override plan(image: CardImage, ribbon: string, raster: CardRaster): Marking {
    const { settings, bitmaps } = planPrintCall(image, ribbon, raster);
    return async (left) => {
      const session = await this.#must('PRINT.Begin', { device: this.#device }, left());
      const begunMs = this.#clock.steady();
      try {
        await this.#must('PRINT.Set', { session, data: settings }, left());
        for (const bitmap of bitmaps) await this.#must('PRINT.SetBitmap', { session, ...bitmap }, left());
        await this.#print(session, left);
      } finally {
        await this.#end(session, left());
      }
      return this.#clock.steady() - begunMs;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** A call of a print session before anything moves; each has its place in the session and is made once. */
  async #must(method: string, params: Readonly<Record<string, string>>, limit: Wait): Promise<string> {
    const outcome = await this.#link.act(method, params, limit).catch((error: unknown) => {
      if (error instanceof StationFault && error.code === 'PRN-UNKNOWN') throw new StationFault('PRN-OFFLINE', { note: `no answer to ${method}` }, error);
      throw error;
    });
    if (outcome.kind === 'refused') throw refusalOf(method, outcome);
    return outcome.text;
  }

  /** Prints while the service's events are watched: the first that waits for an answer is cancelled, and is the reason. */
  async #print(session: string, left: () => Wait): Promise<void> {
    const watching = new AbortController();
    const abort = (): void => { watching.abort(); };
    left().signal.addEventListener('abort', abort, { once: true });
    const events = this.#watch({ signal: watching.signal, timeoutMs: left().timeoutMs });
    let outcome: CallOutcome;
    try {
      outcome = await this.#link.act('PRINT.Print', { session }, left());
    } finally {
      left().signal.removeEventListener('abort', abort);
      watching.abort();
    }
    const event = await events;
    if (event !== null) throw eventFault(event);
    if (outcome.kind === 'refused') throw refusalOf('PRINT.Print', outcome);
    if (outcome.text.trim() !== 'OK') throw new StationFault('PRN-UNKNOWN', { note: `PRINT.Print gave ${JSON.stringify(outcome.text.slice(0, 40))}` });
  }

  async #watch(limit: Wait): Promise<string | null> {
    let reason: string | null = null;
    try {
      while (!limit.signal.aborted) {
        const asked = await this.#link.ask('SUPERVISION.GetEvent', { device: this.#device }, limit);
        const event = asked.kind === 'result' ? readEvent(asked.text) : null;
        if (event !== null && event.actions.length > 0) {
          reason ??= event.name;
          await this.#link.ask('SUPERVISION.SetEvent', { device: this.#device, action: `${event.name}:CANCEL` }, limit);
        }
        await this.#clock.sleep(this.#pollMs, limit.signal);
      }
    } catch (error) {
      // The job's own answer tells what became of it; events only explain it.
      if (!(error instanceof StationFault)) throw error;
    }
    return reason;
  }

  /** A session that cannot be ended is the service's; what became of the card is already known. */
  async #end(session: string, limit: Wait): Promise<void> {
    try {
      await this.#link.ask('PRINT.End', { session }, { ...limit, timeoutMs: Math.min(Math.max(limit.timeoutMs, 1), 2000) });
    } catch (error) {
      if (!(error instanceof StationFault)) throw error;
    }
  }
}
