import { StationFault } from '../../drivers/contracts/fault.ts';
import type { TokenRole } from '../../drivers/keys/token-roles.ts';
import type { CommandRegistration, CommandResult } from './command.ts';
import { perform } from './command.ts';
import { readOfficerPin, readPinFile, userPlace, withOfficerOptions, type OfficerOptions } from './keys-token.ts';

interface PinOptions extends OfficerOptions {
  readonly newPinFile: string;
  readonly role?: string;
}

/** `kortverk keys reset-pin`: the officer gives the user a new PIN; the old one need not be known. */
export const registerKeysResetPin: CommandRegistration = (keys) => {
  withOfficerOptions(keys.command('reset-pin').description('Give the user of the token a new PIN; the security officer alone'))
    .requiredOption('--new-pin-file <file>', 'the new PIN, in a file that nobody else may read')
    .action(async (options: PinOptions) => perform(options, () => resetPin(options)));
};

/** `kortverk keys change-pin`: a role's own PIN. */
export const registerKeysChangePin: CommandRegistration = (keys) => {
  withOfficerOptions(keys.command('change-pin').description("Change a role's own PIN"))
    .requiredOption('--role <role>', 'officer or user')
    .requiredOption('--new-pin-file <file>', 'the new PIN, in a file that nobody else may read')
    .action(async (options: PinOptions) => perform(options, () => changeOwnPin(options)));
};

async function resetPin(options: PinOptions): Promise<CommandResult> {
  const { resetUserPin } = await import('../../drivers/keys/token-roles.ts');
  const place = await userPlace(options);
  place.pin.wipe();
  using officerPin = await readOfficerPin(options);
  using newPin = await readPinFile(options.newPinFile);
  resetUserPin(place, officerPin, newPin);
  return changed('user');
}

async function changeOwnPin(options: PinOptions): Promise<CommandResult> {
  const role = (['officer', 'user'] as const).find((name) => name === options.role);
  if (role === undefined) throw new StationFault('CLI-USAGE', { note: '--role takes officer or user' });
  const { changePin } = await import('../../drivers/keys/token-roles.ts');
  const place = await userPlace(options);
  using userPin = place.pin;
  using oldPin = role === 'officer' ? await readOfficerPin(options) : userPin.copy();
  using newPin = await readPinFile(options.newPinFile);
  if (role === 'officer' && newPin.equals(userPin)) throw new StationFault('KEY-ROLE', { note: 'officer and user would have the same PIN' });
  changePin(place, role, oldPin, newPin);
  return changed(role);
}

function changed(role: TokenRole): CommandResult {
  return { exitCode: 0, json: { changed: role }, lines: [`The ${role}'s PIN is changed; the file that keeps it is to be replaced now.`] };
}
