import type { CommandRegistration } from './command.ts';
import { registerOrdersDesk } from './orders-desk.ts';
import { registerOrdersHash } from './orders-hash.ts';
import { registerOrdersRelease } from './orders-release.ts';

/** `kortverk orders …`: the orders of the station; each sub-command has a file of its own. */
export const registerOrders: CommandRegistration = (program) => {
  const orders = program.command('orders').description('Orders: submit, list, show, withdraw, advance; their content hash; the questions of held ones');
  registerOrdersDesk(orders);
  registerOrdersHash(orders);
  registerOrdersRelease(orders);
};
