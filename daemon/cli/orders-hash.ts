import type { CommandRegistration, CommandResult } from './command.ts';
import { perform } from './command.ts';
import { findingJson, findingLine, placeText } from './check.ts';

interface HashOptions {
  readonly json?: boolean;
}

/** `kortverk orders hash FILE`: the content hash that the approvals of a hand-made order must carry. */
export const registerOrdersHash: CommandRegistration = (orders) => {
  orders
    .command('hash')
    .description('Print the content hash of every order of a file: what its approvals must name')
    .argument('<file...>', 'order files or folders')
    .option('--json', 'print the result as JSON')
    .action(async (paths: readonly string[], options: HashOptions) => perform(options, async () => hash(paths, options)));
};

/** Approvals and rules are not asked: the hash is what they will be given to. */
async function hash(paths: readonly string[], options: HashOptions): Promise<CommandResult> {
  const { readOrders } = await import('../intake/read-orders.ts');
  const { accepted, refused } = await readOrders(paths);
  if (options.json !== true) {
    for (const { place, findings } of refused) for (const finding of findings) process.stderr.write(`${placeText(place)} ${findingLine(finding)}\n`);
  }
  return {
    exitCode: refused.length === 0 ? 0 : 1,
    json: {
      orders: accepted.map(({ order, place, contentHash }) => ({ orderId: order.orderId, ...place, contentHash })),
      refused: refused.map(({ orderId, place, findings }) => ({ orderId, ...place, findings: findings.map(findingJson) })),
    },
    lines: accepted.map(({ order, contentHash }) => `${contentHash}  ${order.orderId}`),
  };
}
