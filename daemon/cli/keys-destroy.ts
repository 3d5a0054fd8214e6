import { StationFault } from '../../drivers/contracts/fault.ts';
import type { CommandRegistration, CommandResult } from './command.ts';
import { perform } from './command.ts';
import { withOfficer, withOfficerOptions, type OfficerOptions } from './keys-token.ts';

interface DestroyOptions extends OfficerOptions {
  readonly version: string;
  readonly checkValue: string;
}

/** `kortverk keys destroy`: one version of a key for ever; its check value says that the right one is meant. */
export const registerKeysDestroy: CommandRegistration = (keys) => {
  withOfficerOptions(keys.command('destroy <label>').description('Destroy one version of a master key for ever'))
    .requiredOption('--version <number>', 'its version')
    .requiredOption('--check-value <hex>', 'its check value, to confirm')
    .action(async (label: string, options: DestroyOptions) => perform(options, async () => destroy(label, options)));
};

async function destroy(label: string, options: DestroyOptions): Promise<CommandResult> {
  if (!/^[1-9]\d{0,4}$/.test(options.version)) throw new StationFault('CLI-USAGE', { note: `${options.version} is not a version` });
  const key = { label, version: Number(options.version) };
  await withOfficer(options, (keepers) => { keepers.destroy(key, options.checkValue); });
  return { exitCode: 0, json: { destroyed: key }, lines: [`${label} version ${key.version} is destroyed.`] };
}
