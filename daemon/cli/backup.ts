import { resolve } from 'node:path';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { askStation, withDeskOptions, type DeskOptions } from './desk-options.ts';

interface RestoreOptions extends DeskOptions {
  readonly nothingMadeSince?: string;
}

/** `kortverk backup` and `kortverk restore`: journal, store, pictures, letters and a software token. */
export const registerBackup: CommandRegistration = (program) => {
  withDeskOptions(program.command('backup').description('Copy journal, store and token into a new folder, also while the daemon works').argument('<folder>'))
    .action(async (folder: string, options: DeskOptions) => perform(options, async () => {
      const done = await askStation(options, (desk) => desk.backup({ to: resolve(folder) }));
      return { exitCode: 0, json: done, lines: [`${done.to}: ${done.files} files, ${done.orders} orders, ${done.records} journal records.`] };
    }));
  withDeskOptions(program.command('restore').description('Lay a backup out on an empty station; orders that were due then are held, for they may have been made since').argument('<folder>'))
    .option('--nothing-made-since <name>', 'who vouches that no card was made after the backup: then nothing is held')
    .action(async (folder: string, options: RestoreOptions) => perform(options, () => restore(folder, options)));
};

async function restore(folder: string, options: RestoreOptions): Promise<CommandResult> {
  const { configFileOf } = await import('../compose-ask.ts');
  const { restoreBackup } = await import('../compose-restore.ts');
  const done = await restoreBackup(configFileOf(options.config), resolve(folder), options.nothingMadeSince ?? null);
  const held = done.held.length === 0 ? [] : [`${done.held.length} orders are held: look whether their cards were made, then kortverk orders advance requeue ORDER`, ...done.held.map((orderId) => `  ${orderId}`)];
  return { exitCode: 0, json: done, lines: [`${done.files} files laid out, ${done.orders} orders, ${done.numbersLeftOut} card numbers left out.`, ...held] };
}
