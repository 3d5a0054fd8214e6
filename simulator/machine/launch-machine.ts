import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within, type Clock, type Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { openControl } from '../script/control-client.ts';
import { readEndpoints, type MachineEndpoints } from './endpoints.ts';

export interface LaunchOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** 1 moves as slowly as a real printer, 0 at once. */
  readonly timeFactor: number;
  readonly cardService?: 'private' | 'computer' | 'auto';
  readonly ca?: boolean;
  /** What its printer speaks; the escape language unless given. */
  readonly printerProtocol?: MachineEndpoints['printerProtocol'] | undefined;
}

const pollMs = 40;
const answerTimeoutMs = 2000;

/** The machine that runs in a folder, null when none does: endpoints of a machine that died do not count. */
export async function findMachine(folder: string, clock: Clock): Promise<MachineEndpoints | null> {
  const endpoints = await readEndpoints(folder);
  if (endpoints === null) return null;
  try {
    await using control = await openControl(endpoints.controlSocket, clock);
    const status = await control.ask({ do: 'status' }, { signal: new AbortController().signal, timeoutMs: answerTimeoutMs });
    return status.pid === endpoints.pid ? endpoints : null;
  } catch (error) {
    if (error instanceof StationFault && (error.code === 'LNK-REFUSED' || error.code === 'LNK-CLOSED')) return null;
    throw error;
  }
}

/** The machine of a folder: the one that runs, else a new one with the plastic that is kept there. Throws as `startMachine`. */
export async function findOrStartMachine(options: LaunchOptions, limit: Wait): Promise<MachineEndpoints> {
  return (await findMachine(options.folder, options.clock)) ?? (await startMachine(options, limit));
}

/**
 * Starts a machine in a process and session of its own, which goes on when this process ends; it writes what troubles
 * it to `machine.log` in its folder. Throws `LNK-CLOSED` when it ends before it is ready, `LNK-TIMEOUT`, `STA-ABORTED`.
 */
export async function startMachine(options: LaunchOptions, limit: Wait): Promise<MachineEndpoints> {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'machine.log');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...scriptArguments(), ...commandLine(folder, options)], { cwd: packageRoot(), detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let ended: StationFault | null = null;
  child.once('error', (error) => { ended = new StationFault('LNK-CLOSED', { note: error.message }, error); });
  const onExit = (): void => { ended = new StationFault('LNK-CLOSED', { note: `the machine ended: ${readFileSync(logFile, 'utf8').slice(-600).trim()}` }); };
  child.once('exit', onExit);
  try {
    return await within(options.clock, limit, async (signal) => {
      for (;;) {
        const endpoints = await findMachine(folder, options.clock);
        if (endpoints !== null && endpoints.pid === child.pid) return endpoints;
        if (ended !== null) throw ended;
        await options.clock.sleep(pollMs, signal);
      }
    });
  } catch (error) {
    child.kill('SIGKILL'); // nobody waits for it any more, and nobody knows of it
    throw error;
  } finally {
    child.off('exit', onExit);
  }
}

/** Built scripts run as they are, sources through tsx. */
function scriptArguments(): readonly string[] {
  const built = import.meta.url.endsWith('.js');
  const script = fileURLToPath(new URL(`./station-process.${built ? 'js' : 'ts'}`, import.meta.url));
  return built ? [script] : ['--import', 'tsx', script];
}

function commandLine(folder: string, options: LaunchOptions): readonly string[] {
  const service = ['--card-service', options.cardService ?? 'auto'];
  return ['--dir', folder, '--time-factor', String(options.timeFactor), ...service, ...(options.ca === false ? ['--no-ca'] : []), '--printer-protocol', options.printerProtocol ?? 'evolis'];
}
