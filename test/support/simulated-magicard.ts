import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { openMagicardPrinter } from '../../drivers/printer/magicard/magicard-printer.ts';
import { openMagicardFront } from '../../simulator/printer/magicard-front.ts';
import type { PrinterFront } from '../../simulator/printer/printer-front.ts';
import { magicardModel } from '../../simulator/printer/standalone-magicard.ts';
import { patient, simulatedMechanics, type PrinterSubject, type SimulatedPrinterOptions } from './simulated-printer.ts';

/** The Magicard driver on a simulated Magicard, over TCP. */
export async function openMagicardSubject(options: SimulatedPrinterOptions = {}): Promise<PrinterSubject & { readonly front: PrinterFront }> {
  const stack = new DisposalStack();
  const { mechanics, holder, left } = simulatedMechanics(options);
  const front = stack.use(await openMagicardFront({ mechanics, identity: magicardModel(options.model ?? 'enduro-duo'), host: '127.0.0.1', port: 0 }));
  const printer = stack.use(await openMagicardPrinter({ connect: async (limit) => openTcpPort({ host: front.host, port: front.port, clock: systemClock }, limit), clock: systemClock, pollMs: 20 }, patient()));
  return { front, printer, holder, left, unplug: async () => front[Symbol.asyncDispose](), [Symbol.asyncDispose]: async () => stack[Symbol.asyncDispose]() };
}
