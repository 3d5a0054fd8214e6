import type { MasterKey } from '../../drivers/keys/master-keys.ts';
import type { CommandRegistration, CommandResult } from './command.ts';
import { perform } from './command.ts';
import { withToken, withTokenOptions, type TokenOptions } from './keys-token.ts';

const widths = { label: 24, version: 8, use: 8 };

/** `kortverk keys list`: every master key with its version, use and check value; never a key. */
export const registerKeysList: CommandRegistration = (keys) => {
  withTokenOptions(keys.command('list').description('List the master keys of the token with their check values'))
    .action(async (options: TokenOptions) => perform(options, async () => list(options)));
};

async function list(options: TokenOptions): Promise<CommandResult> {
  const found = await withToken(options, (keepers) => keepers.list());
  return { exitCode: 0, json: { keys: found }, lines: [keyLine({ label: 'KEY', version: 'VERSION', use: 'USE', checkValue: 'CHECK VALUE' }), ...found.map(keyLine)] };
}

/** One key as a line. */
export function keyLine(key: MasterKey | Readonly<Record<keyof MasterKey, string>>): string {
  return `${key.label.padEnd(widths.label)} ${String(key.version).padEnd(widths.version)} ${key.use.padEnd(widths.use)} ${key.checkValue}`;
}
