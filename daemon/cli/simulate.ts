import type { CommandRegistration } from './command.ts';
import { registerSimulateCard } from './simulate-card.ts';
import { registerSimulateEspf } from './simulate-espf.ts';
import { registerSimulateMagicard } from './simulate-magicard.ts';
import { registerSimulatePrinter } from './simulate-printer.ts';
import { registerSimulateStation } from './simulate-station.ts';

/** One entry a simulated device. */
const devices: readonly CommandRegistration[] = [
  registerSimulateCard,
  registerSimulatePrinter,
  registerSimulateEspf,
  registerSimulateMagicard,
  registerSimulateStation,
];

/** `kortverk simulate DEVICE`: one simulated device, or the whole machine, that serves until it is ended. */
export const registerSimulate: CommandRegistration = (program) => {
  const simulate = program.command('simulate').description('Serve a simulated device until ended');
  for (const register of devices) register(simulate);
};
