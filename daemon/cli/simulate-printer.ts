import { perform, type CommandRegistration } from './command.ts';
import { serveSimulatedPrinter, usage, withPrinterOptions, type SimulatedPrinterOptions } from './serve-simulated-printer.ts';

/** `kortverk simulate printer`: a card printer on the escape language with an endless feeder of plain blanks. */
export const registerSimulatePrinter: CommandRegistration = (simulate) => {
  withPrinterOptions(simulate.command('printer'), 'primacy-2-duplex, primacy-simplex, avansia (600 dpi) or zenius', 'primacy-2-duplex')
    .option('--link <path>', 'a serial line or printer node of this name (a pseudo terminal) instead of an address')
    .option('--acknowledge', 'set the line to ACK/NACK')
    .description('A card printer on the escape language; writes what it prints into a folder. A line "mend" on standard input clears what a fault left standing')
    .action(async (options: SimulatedPrinterOptions) => perform(options, async () => {
      const { openStandalonePrinter } = await import('../../simulator/printer/standalone-printer.ts');
      const { printerModel } = await import('../../simulator/printer/printer-identity.ts');
      const { parseFault } = await import('../../simulator/machine/card-path-faults.ts');
      const identity = usage(() => printerModel(options.model));
      return serveSimulatedPrinter(options, { protocol: 'evolis', open: async (standalone) => openStandalonePrinter({ ...standalone, identity }) }, parseFault);
    }));
};
