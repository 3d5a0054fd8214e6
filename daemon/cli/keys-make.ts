import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';
import type { KeyUse } from '../../drivers/keys/key-policy.ts';
import type { MasterKey } from '../../drivers/keys/master-keys.ts';
import type { CommandRegistration, CommandResult } from './command.ts';
import { perform } from './command.ts';
import { keyLine } from './keys-list.ts';
import { withOfficer, withOfficerOptions, type OfficerOptions } from './keys-token.ts';

interface MakeOptions extends OfficerOptions {
  readonly version: string;
  readonly use: string;
}

interface AssembleOptions extends MakeOptions {
  readonly component: readonly string[];
}

const uses: readonly KeyUse[] = ['derive', 'seal'];

/** `kortverk keys generate`: a master key that nobody has ever seen. */
export const registerKeysGenerate: CommandRegistration = (keys) => {
  withOfficerOptions(keys.command('generate <label>').description('Make a master key inside the token'))
    .option('--version <number>', 'its version', '1')
    .option('--use <use>', 'derive or seal', 'derive')
    .action(async (label: string, options: MakeOptions) => perform(options, async () => made(await withOfficer(options, (keepers) => keepers.generate({ label, version: versionOf(options) }, useOf(options))))));
};

/** `kortverk keys assemble`: a master key made of the components of several holders. */
export const registerKeysAssemble: CommandRegistration = (keys) => {
  withOfficerOptions(keys.command('assemble <label>').description('Make a master key of the components of at least two holders'))
    .requiredOption('--component <file...>', "the holders' files, in any order")
    .option('--version <number>', 'its version', '1')
    .option('--use <use>', 'derive or seal', 'derive')
    .action(async (label: string, options: AssembleOptions) => perform(options, async () => assemble(label, options)));
};

/** `kortverk keys roll`: the next version of a key; profiles name it before it is used. */
export const registerKeysRoll: CommandRegistration = (keys) => {
  withOfficerOptions(keys.command('roll <label>').description('Make the next version of a master key; the older ones stay'))
    .action(async (label: string, options: OfficerOptions) => perform(options, async () => made(await withOfficer(options, (keepers) => keepers.roll(label)))));
};

async function assemble(label: string, options: AssembleOptions): Promise<CommandResult> {
  const components: Secret[] = [];
  try {
    for (const [index, file] of options.component.entries()) components.push(await readComponent(file, index + 1));
    return made(await withOfficer(options, (keepers) => keepers.assemble({ label, version: versionOf(options) }, useOf(options), components)));
  } finally {
    for (const component of components) component.wipe();
  }
}

async function readComponent(file: string, holder: number): Promise<Secret> {
  const [{ readFile }, { parseComponent }] = await Promise.all([import('node:fs/promises'), import('../../drivers/keys/ceremony.ts')]);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StationFault('FIL-UNREADABLE', { field: file }, error);
  });
  return parseComponent(text, holder);
}

function made(key: MasterKey): CommandResult {
  return { exitCode: 0, json: key, lines: [keyLine(key)] };
}

function versionOf({ version }: MakeOptions): number {
  if (!/^[1-9]\d{0,4}$/.test(version)) throw new StationFault('CLI-USAGE', { note: `${version} is not a version` });
  return Number(version);
}

function useOf({ use }: MakeOptions): KeyUse {
  const found = uses.find((name) => name === use);
  if (found === undefined) throw new StationFault('CLI-USAGE', { note: `a key is there to ${uses.join(' or to ')}` });
  return found;
}
