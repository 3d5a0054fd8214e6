import { perform, type CommandRegistration } from './command.ts';
import { serveSimulatedPrinter, usage, withPrinterOptions, type SimulatedPrinterOptions } from './serve-simulated-printer.ts';

/** `kortverk simulate magicard`: a print-only card printer that takes the jobs of the vendor's print filter. */
export const registerSimulateMagicard: CommandRegistration = (simulate) => {
  withPrinterOptions(simulate.command('magicard'), 'enduro-duo or enduro', 'enduro-duo')
    .description('A Magicard printer; writes what it prints into a folder. A line "mend" on standard input clears what a fault left standing')
    .action(async (options: SimulatedPrinterOptions) => perform(options, async () => {
      const { magicardModel, openStandaloneMagicard } = await import('../../simulator/printer/standalone-magicard.ts');
      const { parseFault } = await import('../../simulator/machine/card-path-faults.ts');
      const identity = usage(() => magicardModel(options.model));
      return serveSimulatedPrinter(options, { protocol: 'magicard', open: async (standalone) => openStandaloneMagicard({ ...standalone, identity }) }, parseFault);
    }));
};
