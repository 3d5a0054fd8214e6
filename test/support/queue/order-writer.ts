import { join } from 'node:path';
import { openFolderMailbox } from '../../../daemon/portal/mailbox.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import { openOrderStore } from '../../../queue/store/sqlite-order-store.ts';
import { dataKey, newOrder } from './stored-orders.ts';

/**
 * Takes orders with a picture each into a store and hands a message of each to a mailbox, until it is killed; prints the
 * number of each order after both were acknowledged. The file named is only where the two folders lie.
 */
const [path = ''] = process.argv.slice(2);
const folder = join(path, '..');
const store = openOrderStore({ dir: join(folder, 'store'), dataKey: dataKey(), clock: systemClock });
const mailbox = await openFolderMailbox(join(folder, 'mailbox'));
const never = new AbortController().signal;
for (let number = 1; ; number += 1) {
  const orderId = `O${number}`;
  store.putOrder(newOrder(orderId, { duplicateKey: orderId }));
  await mailbox.deliver({ id: `${orderId}.1`, orderId, kind: 'order-accepted', body: JSON.stringify({ orderId }), seq: number, at: systemClock.now(), tries: 0 }, never);
  process.stdout.write(`${number}\n`);
}
