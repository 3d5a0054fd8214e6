import type { CommandRegistration } from './command.ts';
import { registerOrdersHash } from './orders-hash.ts';
import { registerOrdersRelease } from './orders-release.ts';

/** `kortverk orders …`: the orders of the station; each sub-command has a file of its own. */
export const registerOrders: CommandRegistration = (program) => {
  const orders = program.command('orders').description('Orders: their content hash, and the questions of held ones');
  registerOrdersHash(orders);
  registerOrdersRelease(orders);
};
