import { openPcscReader } from './channel/pcsc-reader.ts';
import type { Bench, BenchLimits } from './contracts/bench.ts';
import type { CardReader } from './contracts/channel.ts';
import type { Clock, Wait } from './contracts/clock.ts';
import { DisposalStack } from './contracts/disposal.ts';
import { openPrinter, type PrinterSettings } from './open-printer.ts';

/** What the configuration says of one bench. */
export interface BenchSettings {
  readonly name: string;
  readonly printer: PrinterSettings;
  readonly readers: { readonly contactless: string | null; readonly contact: string | null; readonly serviceSocket?: string | undefined };
  readonly limits: BenchLimits;
}

/**
 * Opens a bench: its printer and its readers. Nothing is moved and no reader is asked. Throws `PRN-OFFLINE` when the
 * printer cannot be reached; what was opened by then is closed.
 */
export async function openBench(settings: BenchSettings, clock: Clock, limit: Wait): Promise<Bench> {
  await using opened = new DisposalStack();
  const printer = opened.use(await openPrinter(settings.printer, clock, limit));
  const contactless = await openReader(settings, 'contactless', clock, opened);
  const contact = await openReader(settings, 'contact', clock, opened);
  const held = opened.move();
  return { name: settings.name, printer, contactless, contact, limits: settings.limits, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}

async function openReader({ readers }: BenchSettings, station: 'contactless' | 'contact', clock: Clock, opened: DisposalStack): Promise<CardReader | null> {
  const name = readers[station];
  if (name === null) return null;
  const socket = readers.serviceSocket === undefined ? {} : { socketPath: readers.serviceSocket };
  return opened.use(await openPcscReader({ name, clock, ...socket }));
}
