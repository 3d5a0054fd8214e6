import { perform, type CommandRegistration } from './command.ts';
import { serveSimulatedPrinter, usage, withPrinterOptions, type SimulatedPrinterOptions } from './serve-simulated-printer.ts';

/** `kortverk simulate espf`: the vendor's printing service (JSON-RPC, usually on port 18000) with the same simulated printer behind it. */
export const registerSimulateEspf: CommandRegistration = (simulate) => {
  withPrinterOptions(simulate.command('espf'), 'primacy-2-duplex, primacy-simplex or zenius', 'primacy-2-duplex')
    .description("The vendor's printing service with a printer behind it; writes what it prints into a folder. A line \"mend\" on standard input clears what a fault left standing")
    .action(async (options: SimulatedPrinterOptions) => perform(options, async () => {
      const { openStandaloneEspf } = await import('../../simulator/printer/standalone-espf.ts');
      const { printerModel } = await import('../../simulator/printer/printer-identity.ts');
      const { parseFault } = await import('../../simulator/machine/card-path-faults.ts');
      const identity = usage(() => printerModel(options.model));
      return serveSimulatedPrinter(options, { protocol: 'espf', open: async (standalone) => openStandaloneEspf({ ...standalone, identity }) }, parseFault);
    }));
};
