import { StationFault } from '../../drivers/contracts/fault.ts';
import type { CommandRegistration, CommandResult } from './command.ts';
import { perform } from './command.ts';

interface ComponentOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `kortverk keys component`: one holder's part of a key that is to be assembled, into a file of the holder's own. */
export const registerKeysComponent: CommandRegistration = (keys) => {
  keys.command('component')
    .description("Make one holder's component of a master key; each holder runs this alone and keeps the file")
    .requiredOption('--out <file>', 'the file to make; an existing one is not overwritten')
    .option('--json', 'print the result as JSON')
    .action(async (options: ComponentOptions) => perform(options, async () => make(options)));
};

async function make({ out }: ComponentOptions): Promise<CommandResult> {
  const [{ createFile }, { componentCheckValue, formatComponent, newComponent }] = await Promise.all([import('../../drivers/contracts/durable-file.ts'), import('../../drivers/keys/ceremony.ts')]);
  using component = newComponent();
  try {
    createFile(out, `${formatComponent(component)}\n`);
  } catch (error) {
    throw new StationFault('CLI-USAGE', { note: `${out} cannot be made` }, error);
  }
  const checkValue = componentCheckValue(component);
  return { exitCode: 0, json: { file: out, checkValue }, lines: [`The component is in ${out}; its check value is ${checkValue}.`] };
}
