import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import type { Resolution } from '../../drivers/contracts/card-raster.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { openEspfPrinter } from '../../drivers/printer/espf/espf-printer.ts';
import { openEspfFront, type EspfFront } from '../../simulator/printer/espf-front.ts';
import { defaultModel, printerModel } from '../../simulator/printer/printer-identity.ts';
import { patient, simulatedMechanics, type PrinterSubject, type SimulatedPrinterOptions } from './simulated-printer.ts';

/** The driver of the vendor's service on a simulated service, over TCP. */
export async function openEspfSubject(options: SimulatedPrinterOptions & { readonly resolution?: Resolution } = {}): Promise<PrinterSubject & { readonly front: EspfFront }> {
  const stack = new DisposalStack();
  const { mechanics, holder, left } = simulatedMechanics(options);
  const front = stack.use(await openEspfFront({ mechanics, identity: printerModel(options.model ?? defaultModel), host: '127.0.0.1', port: 0 }));
  const connect = async (limit: Parameters<typeof openTcpPort>[1]): ReturnType<typeof openTcpPort> => openTcpPort({ host: front.host, port: front.port, clock: systemClock }, limit);
  const printer = stack.use(await openEspfPrinter({ connect, device: front.device, clock: systemClock, pollMs: 20, ...(options.resolution === undefined ? {} : { resolution: options.resolution }) }, patient()));
  return { front, printer, holder, left, unplug: async () => front[Symbol.asyncDispose](), [Symbol.asyncDispose]: async () => stack[Symbol.asyncDispose]() };
}
