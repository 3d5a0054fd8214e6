import { existsSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { runProgram } from './doctor-probe.ts';

/** `ok`: there. `missing`: needed and not there. `limited`: the station works without it, in a lesser way. `note`: worth knowing. */
export type PartState = 'ok' | 'missing' | 'limited' | 'note';

/** One part of the computer that the station stands on. */
export interface PartReport {
  readonly part: string;
  readonly state: PartState;
  /** Version, path, or what is wrong. */
  readonly detail: string;
  /** The line to type that mends it. */
  readonly remedy?: string;
}

type PartCheck = () => Promise<PartReport>;

const install = `sh ${join(packageRoot(), 'setup.sh')}`;
const oldestNode = [20, 19] as const;
const vpcdLibrary = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const leastFreeBytes = 1024 ** 3;

const nativeModules = ['better-sqlite3', 'pcsclite', 'pkcs11js', 'sharp', 'serialport', 'node-hid'] as const;

const programs: readonly { readonly name: string; readonly arguments: readonly string[] }[] = [
  { name: 'redis-server', arguments: ['--version'] },
  { name: 'pcscd', arguments: ['--version'] },
  { name: 'openssl', arguments: ['version'] },
  { name: 'systemd-socket-activate', arguments: ['--version'] },
  { name: 'unshare', arguments: ['--version'] },
  { name: 'setpriv', arguments: ['--version'] },
  { name: 'flock', arguments: ['--version'] },
];

/** Every check of the doctor, in the order in which they are shown. */
export const partChecks: readonly PartCheck[] = [
  async () => nodeVersion(process.versions.node),
  ...nativeModules.map((name) => () => nativeModule(name)),
  ...programs.map((program) => () => installedProgram(program.name, program.arguments)),
  async () => vpcd(vpcdLibrary),
  softHsm,
  parentDeathSignal,
  privateCardService,
  () => writableFolder(join(packageRoot(), 'var')),
  () => freeDisk(packageRoot()),
  async () => ({ part: 'vpcd ports', state: 'note', detail: 'while the simulated machine runs, its card readers listen on random ports of all network addresses' }),
];

/** Whether a version of Node is new enough. */
export function nodeVersion(version: string): PartReport {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return enough ? { part: 'node', state: 'ok', detail: version } : { part: 'node', state: 'missing', detail: `${version} is too old, ${oldestNode.join('.')} or newer is needed`, remedy: install };
}

/** Loads a module with native code in a process of its own, so that one that crashes harms nothing. */
export async function nativeModule(name: string): Promise<PartReport> {
  const outcome = await runProgram(process.execPath, ['--input-type=module', '--eval', `await import(${JSON.stringify(name)})`], packageRoot());
  const part = `npm ${name}`;
  if (outcome.kind === 'ended' && outcome.exitCode === 0) return { part, state: 'ok', detail: 'loads' };
  return { part, state: 'missing', detail: firstError(outcome.text), remedy: `npm rebuild ${name}` };
}

/** Whether a program starts; its version is the first line that it prints. */
export async function installedProgram(name: string, given: readonly string[]): Promise<PartReport> {
  const outcome = await runProgram(name, given);
  if (outcome.kind === 'ended' && outcome.exitCode === 0) return { part: name, state: 'ok', detail: outcome.text.split('\n')[0] ?? '' };
  return { part: name, state: 'missing', detail: outcome.kind === 'absent' ? 'not installed' : firstError(outcome.text), remedy: install };
}

/** Whether the driver of the virtual readers is there. */
export function vpcd(path: string): PartReport {
  return existsSync(path) ? { part: 'vpcd', state: 'ok', detail: path } : { part: 'vpcd', state: 'missing', detail: `${path} is not there`, remedy: install };
}

async function softHsm(): Promise<PartReport> {
  try {
    const { softHsmModule } = await import('../../drivers/keys/softhsm-token.ts');
    return { part: 'SoftHSM', state: 'ok', detail: softHsmModule() };
  } catch (error) {
    return { part: 'SoftHSM', state: 'missing', detail: error instanceof Error ? error.message : String(error), remedy: install };
  }
}

async function parentDeathSignal(): Promise<PartReport> {
  const outcome = await runProgram('setpriv', ['--pdeathsig', 'KILL', 'true']);
  if (outcome.kind === 'ended' && outcome.exitCode === 0) return { part: 'parent death signal', state: 'ok', detail: 'children end with the daemon' };
  return { part: 'parent death signal', state: 'missing', detail: firstError(outcome.text), remedy: install };
}

async function privateCardService(): Promise<PartReport> {
  const outcome = await runProgram('unshare', ['--mount', 'true']);
  if (outcome.kind === 'ended' && outcome.exitCode === 0) return { part: 'private card service', state: 'ok', detail: 'this user may start one' };
  return { part: 'private card service', state: 'limited', detail: "this user may not start one; the simulated machine uses the computer's card service instead (or run as root)" };
}

/** Whether results can be written. */
export async function writableFolder(folder: string): Promise<PartReport> {
  const probe = join(folder, `.doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    return { part: 'data folder', state: 'ok', detail: folder };
  } catch (error) {
    return { part: 'data folder', state: 'missing', detail: `${folder}: ${error instanceof Error ? error.message : String(error)}`, remedy: `mkdir -p ${folder} && chown -R "$(id -u)" ${folder}` };
  }
}

/** Whether the disk has room for a day's pictures and journals. */
export async function freeDisk(folder: string, leastBytes: number = leastFreeBytes): Promise<PartReport> {
  const { bavail, bsize } = await statfs(folder);
  const detail = `${(bavail * bsize / 1e9).toFixed(1)} GB free`;
  return bavail * bsize >= leastBytes ? { part: 'disk', state: 'ok', detail } : { part: 'disk', state: 'missing', detail: `${detail}, ${leastBytes / 1e9} GB needed`, remedy: `du -xh ${folder} | sort -h | tail` };
}

function firstError(text: string): string {
  return text.split('\n').find((line) => /error/i.test(line))?.trim() ?? text.split('\n')[0]?.trim() ?? '';
}
