import { type Command } from 'commander';
import type { StationDesk } from '../station/station-desk.ts';

/** Options of every command that asks a station. */
export interface DeskOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Adds them to a command. */
export function withDeskOptions(command: Command): Command {
  return command.option('--config <file>', 'configuration of the station (kortverk.json, var/kortverk.json)').option('--json', 'print the result as JSON');
}

/** Asks the station's daemon, or its files when no daemon runs. Throws what `openDesk` and the desk throw. */
export async function askStation<T>(options: DeskOptions, ask: (desk: StationDesk) => Promise<T>): Promise<T> {
  const { configFileOf, openDesk } = await import('../compose-ask.ts');
  await using opened = await openDesk(configFileOf(options.config));
  return await ask(opened.desk);
}

/** A wall time for a person, in Swedish time; a dash for none. */
export function timeText(at: number | null): string {
  return at === null ? '-' : new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short', timeStyle: 'short' }).format(at);
}
