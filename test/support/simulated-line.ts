import { openCharacterDevice } from '../../drivers/channel/character-device.ts';
import { openSerialPort } from '../../drivers/channel/serial-port.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { openEvolisPrinter } from '../../drivers/printer/evolis/evolis-printer.ts';
import { defaultModel, printerModel } from '../../simulator/printer/printer-identity.ts';
import { openPrinterLine } from '../../simulator/printer/printer-line.ts';
import { patient, simulatedMechanics, type PrinterSubject, type SimulatedPrinterOptions } from './simulated-printer.ts';

export type LineKind = 'serial' | 'serial-acknowledging' | 'device';

/** The Evolis driver on a simulated printer, over a serial line or a printer node. */
export async function openLineSubject(kind: LineKind, options: SimulatedPrinterOptions = {}): Promise<PrinterSubject> {
  const stack = new DisposalStack();
  const { mechanics, holder, left } = simulatedMechanics(options);
  const acknowledges = kind === 'serial-acknowledging';
  const line = stack.use(await openPrinterLine({ mechanics, identity: printerModel(options.model ?? defaultModel), acknowledge: acknowledges }));
  const printer = stack.use(await openEvolisPrinter({
    connect: async (limit) => (kind === 'device' ? openCharacterDevice({ path: line.path, clock: systemClock }) : openSerialPort({ path: line.path, baudRate: 115_200, clock: systemClock }, limit)),
    clock: systemClock,
    acknowledges,
  }, patient()));
  return { printer, holder, left, unplug: async () => line[Symbol.asyncDispose](), [Symbol.asyncDispose]: async () => stack[Symbol.asyncDispose]() };
}
