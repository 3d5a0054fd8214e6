import type { CommandRegistration } from './command.ts';
import { registerOrdersHash } from './orders-hash.ts';

/** `kortverk orders …`: the orders of the station; each sub-command has a file of its own. */
export const registerOrders: CommandRegistration = (program) => {
  const orders = program.command('orders').description('Orders: their content hash');
  registerOrdersHash(orders);
};
