import { writeJob, writeMagicardCommand } from '../../codec/magicard-job.ts';
import { magicardCardRows, magicardField } from '../../codec/magicard-raster.ts';
import { duplexModelBit, type MagicardStatus } from '../../codec/magicard-status.ts';
import type { CardImage } from '../../contracts/card-image.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import type { PrinterEvidence } from '../../contracts/evidence.ts';
import { StationFault } from '../../contracts/fault.ts';
import type { CardStation, Printer, PrinterDescription, PrinterSupplies } from '../../contracts/printer.ts';
import { magicardEvidence } from './evidence-table.ts';
import { planJob } from './job-plan.ts';
import { printVerdict, standingTrouble } from './print-verdict.ts';
import { StatusLink, type ConnectPort } from './status-link.ts';

export interface MagicardPrinterOptions {
  readonly connect: ConnectPort;
  readonly clock: Clock;
  /** How often the status is asked while a card is printed; 250 ms unless given. */
  readonly pollMs?: number;
}

/** Opens a Magicard printer. Throws `PRN-OFFLINE`, `LNK-PROTOCOL` when what answers is none, `STA-ABORTED`. */
export async function openMagicardPrinter(options: MagicardPrinterOptions, limit: Wait): Promise<Printer> {
  const link = new StatusLink(options.connect, options.clock);
  await link.status(limit);
  return new MagicardPrinter(link, options.clock, options.pollMs ?? 250);
}

/**
 * Print only: it has no chip stations that could be driven, takes the blank itself, prints, and puts the card out. Its
 * counters are its only evidence; where a card is inside it cannot be asked.
 */
class MagicardPrinter implements Printer {
  readonly proofs = magicardEvidence;
  readonly #link: StatusLink;
  readonly #clock: Clock;
  readonly #pollMs: number;

  constructor(link: StatusLink, clock: Clock, pollMs: number) {
    this.#link = link;
    this.#clock = clock;
    this.#pollMs = pollMs;
  }

  async describe(limit: Wait): Promise<PrinterDescription> {
    const { model, serial, firmware, modelBits } = await this.#link.status(limit);
    const duplex = (modelBits & duplexModelBit) !== 0;
    return { maker: 'Magicard', model, serial, firmware, stations: [], duplex, colour: true, magnetic: false, widthDots: magicardField.columns, heightDots: magicardCardRows };
  }

  async prepare(limit: Wait): Promise<void> {
    await this.#link.status(limit);
  }

  async supplies(limit: Wait): Promise<PrinterSupplies> {
    const status = await this.#link.status(limit);
    const known = status.filmTag !== '' || status.filmName !== '';
    return {
      ribbon: known ? status.filmName : null,
      ribbonSetsLeft: known ? Math.max(0, status.filmTotalShots - status.filmUsedShots) : null,
      cardsUntilCleaning: Math.max(0, status.cardsBetweenCleans - status.cardsSinceClean),
      head: status.headSerial === '' ? null : status.headSerial,
      headCards: status.cardsOnHead,
    };
  }

  async examine(limit: Wait): Promise<PrinterEvidence> {
    const { totalCards, panels } = await this.#link.status(limit);
    return { position: 'unknown', cardsFed: null, panelsPrinted: panels, cardsToOutput: totalCards, cardsToReject: null };
  }

  async feed(to: CardStation): Promise<void> {
    return this.#refuse(`no ${to} station`);
  }

  async move(to: CardStation): Promise<void> {
    return this.#refuse(`no ${to} station`);
  }

  async print(image: CardImage, limit: Wait): Promise<{ readonly durationMs: number }> {
    const deadline = this.#clock.steady() + limit.timeoutMs;
    const left = (): Wait => ({ signal: limit.signal, timeoutMs: Math.max(0, deadline - this.#clock.steady()) });
    const before = await this.#link.status(left());
    const trouble = standingTrouble(before, image);
    if (trouble !== null) throw trouble;
    const job = writeJob(planJob(image, { firmware: before.firmware, unixSeconds: Math.floor(this.#clock.now() / 1000) }));
    const begunMs = this.#clock.steady();
    await this.#link.send(job, left());
    await this.#untilOut(before, left);
    return { durationMs: this.#clock.steady() - begunMs };
  }

  async eject(to: 'output' | 'reject', limit: Wait): Promise<void> {
    if (to === 'reject') return this.#refuse('no reject box');
    await this.#link.send(writeMagicardCommand('EJT,'), limit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
  }

  async #refuse(note: string): Promise<never> {
    throw new StationFault('PRN-CAPABILITY', { note });
  }

  /** Asks until the counter of cards has gone up by one; a printer that falls silent meanwhile is asked until the time is up. */
  async #untilOut(before: MagicardStatus, left: () => Wait): Promise<void> {
    for (;;) {
      const now = await this.#statusOrSilence(left);
      const verdict = now === null ? { at: 'printing' as const } : printVerdict(before, now);
      if (verdict.at === 'out') return;
      if (verdict.at === 'trouble') throw verdict.fault;
      if (left().timeoutMs <= this.#pollMs) throw new StationFault('PRN-UNKNOWN', { note: 'the card did not come out in time' });
      await this.#clock.sleep(this.#pollMs, left().signal);
    }
  }

  async #statusOrSilence(left: () => Wait): Promise<MagicardStatus | null> {
    try {
      return await this.#link.status({ ...left(), timeoutMs: Math.min(left().timeoutMs, 5000) });
    } catch (error) {
      if (error instanceof StationFault && (error.code === 'PRN-OFFLINE' || error.code === 'LNK-PROTOCOL')) return null;
      throw error;
    }
  }
}
