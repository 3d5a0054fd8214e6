import { registerCardRead } from './card-read.ts';
import type { CommandRegistration } from './command.ts';

/** `kortverk card …`: cards in readers; each sub-command has a file of its own. */
export const registerCard: CommandRegistration = (program) => {
  registerCardRead(program.command('card').description('Cards in readers: what they carry'));
};
