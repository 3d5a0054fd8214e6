/** The machine as a process of its own: it outlives the station that started it and ends on SIGTERM or when asked to stop. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { asStationFault, type StationFault } from '../../drivers/contracts/fault.ts';
import { printerProtocols } from './endpoints.ts';
import { openMachine } from './machine.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    'time-factor': { type: 'string', default: '0' },
    'card-service': { type: 'string', default: 'auto' },
    'no-ca': { type: 'boolean', default: false },
    'printer-protocol': { type: 'string', default: 'evolis' },
  },
});
const cardService = (['private', 'computer', 'auto'] as const).find((choice) => choice === values['card-service']);
const printerProtocol = printerProtocols.find((choice) => choice === values['printer-protocol']);
if (values.dir === undefined || cardService === undefined || printerProtocol === undefined) throw new Error('usage: --dir DIR [--time-factor N] [--card-service private|computer|auto] [--no-ca] [--printer-protocol evolis|espf|magicard]');

function tell(fault: StationFault): void {
  process.stderr.write(`${new Date(systemClock.now()).toISOString()} ${fault.message}\n`);
}

const machine = await openMachine({
  folder: values.dir,
  clock: systemClock,
  timeFactor: Number(values['time-factor']),
  cardService,
  ca: !values['no-ca'],
  printerProtocol,
  onTrouble: tell,
}).catch((error: unknown) => {
  tell(asStationFault(error));
  process.exit(1);
});

async function end(): Promise<void> {
  await machine[Symbol.asyncDispose]();
  process.exit(0);
}

process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
machine.stopping.addEventListener('abort', () => void end(), { once: true });
