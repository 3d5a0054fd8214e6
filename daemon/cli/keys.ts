import type { CommandRegistration } from './command.ts';
import { registerKeysComponent } from './keys-component.ts';
import { registerKeysDestroy } from './keys-destroy.ts';
import { registerKeysList } from './keys-list.ts';
import { registerKeysChangePin, registerKeysResetPin } from './keys-pin.ts';
import { registerKeysAssemble, registerKeysGenerate, registerKeysRoll } from './keys-make.ts';

/** One entry a command under `kortverk keys`. */
const commands: readonly CommandRegistration[] = [registerKeysList, registerKeysComponent, registerKeysAssemble, registerKeysGenerate, registerKeysRoll, registerKeysDestroy, registerKeysResetPin, registerKeysChangePin];

/** `kortverk keys`: the keepers' work with the master keys in the token; no key ever comes out. */
export const registerKeys: CommandRegistration = (program) => {
  const keys = program.command('keys').description('The master keys in the token: list, ceremony, roll, destroy');
  for (const register of commands) register(keys);
};
