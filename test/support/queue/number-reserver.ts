import { systemClock } from '../../../drivers/contracts/clock.ts';
import { asStationFault } from '../../../drivers/contracts/fault.ts';
import { openOrderStore } from '../../../queue/store/sqlite-order-store.ts';
import { dataKey } from './stored-orders.ts';

/** Reserves card numbers and enters orders until it is killed; prints each number after it was given. */
const [dir = '', firstAttempt = '1'] = process.argv.slice(2);

try {
  const store = openOrderStore({ dir, dataKey: dataKey(), clock: systemClock });
  for (let attempt = Number(firstAttempt); ; attempt += 1) process.stdout.write(`${store.cardNumbers.reserve('A', attempt)}\n`);
} catch (error) {
  process.stdout.write(`${asStationFault(error).code}\n`);
}
