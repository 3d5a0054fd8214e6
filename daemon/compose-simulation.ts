import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import type { Clock } from '../drivers/contracts/clock.ts';
import { makeFolder, replaceFile } from '../drivers/contracts/durable-file.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { AllowedKey } from '../drivers/keys/key-policy.ts';
import { createSimulatedToken, type SimulatedToken } from '../drivers/keys/softhsm-token.ts';
import { profileKeys } from '../queue/profile/profile-keys.ts';
import type { ProfileSet } from '../queue/profile/profile-set.ts';
import type { MachineEndpoints } from '../simulator/machine/endpoints.ts';
import { findMachine, startMachine, type LaunchOptions } from '../simulator/machine/launch-machine.ts';
import { openControl, type Control } from '../simulator/script/control-client.ts';
import { makeOwnFolder } from './config/own-folder.ts';
import { parseStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';
import { approversBeside } from './intake/read-approvers.ts';
import { readProfiles } from './intake/read-profiles.ts';

const START_TIMEOUT_MS = 60_000;
const LOOK_MS = 200;
const MOST_LOOKS = 50;
/** Marks a machine that was started for a run and shall end with one. */
const startedForRun = 'started-for-run';
/** How long acts of the real bench may take, and how fast its print cannot be; a simulated one scales them. */
const REAL_PRINT_FLOOR_MS = 4_000;

export interface SimulationOptions {
  /** Where everything of the simulated station lies. */
  readonly dir: string;
  /** 1 is the speed of the real printer, 0 takes no time. Used when the machine is started, not when it runs already. */
  readonly timeFactor: number;
  readonly profilesDir: string;
  /** Settings laid over the simulated station's own, as in a configuration file: its name, the other stations, the queue they share. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What its printer speaks, when the machine is started; the escape language unless given. */
  readonly printerProtocol?: MachineEndpoints['printerProtocol'] | undefined;
}

/** A simulated station: a machine in a process of its own, a token, a portal key, and the configuration that joins them. */
export interface Simulation extends AsyncDisposable {
  readonly config: StationConfig;
  readonly control: Control;
  readonly endpoints: MachineEndpoints;
  /** Check values of the master keys, and whether they were made just now. */
  readonly token: Pick<SimulatedToken, 'created' | 'masterKeys'>;
  /** Ends the machine when it was started for a run such as this one; one that somebody serves goes on. */
  stopOwnMachine(): Promise<void>;
}

/**
 * Finds the running machine of a folder or starts one that outlives this process, makes what the station needs beside
 * it (token with master keys, portal key), and gives the configuration. Disposing leaves the machine running, as a
 * killed daemon would.
 * Throws `LNK-CLOSED` or `LNK-TIMEOUT` when the machine does not come up, `CFG-MISSING-PROGRAM`, `KEY-TOKEN`.
 */
export async function openSimulation(options: SimulationOptions, clock: Clock, signal: AbortSignal): Promise<Simulation> {
  const dir = resolve(options.dir);
  await makeOwnFolder(dir);
  const endpoints = await machineOf({ folder: join(dir, 'machine'), clock, timeFactor: options.timeFactor, printerProtocol: options.printerProtocol }, signal);
  const control = await openControl(endpoints.controlSocket, clock);
  const keys = profileKeysAllowed(await readProfiles({ profilesDir: options.profilesDir, approversFile: approversBeside(options.profilesDir) }));
  const token = await createSimulatedToken({ dir: join(dir, 'token'), keys });
  token.pin.wipe();
  const portalKeyFile = await portalKey(join(dir, 'portal'));
  const { timeFactor } = await control.ask<'status'>({ do: 'status' });
  const { value, config } = stationConfig({ dir, endpoints, token, keys, portalKeyFile, profilesDir: resolve(options.profilesDir), timeFactor, settings: options.settings ?? {} });
  // Other commands find the simulated station by it.
  replaceFile(join(dir, 'kortverk.json'), `${JSON.stringify(value, null, 2)}\n`);
  return { config, control, endpoints, token, stopOwnMachine: () => stopOwnMachine(join(dir, 'machine'), control), [Symbol.asyncDispose]: () => control[Symbol.asyncDispose]() };
}

async function stopOwnMachine(folder: string, control: Control): Promise<void> {
  if (!existsSync(join(folder, startedForRun))) return;
  await control.ask<'stop'>({ do: 'stop' });
  await rm(join(folder, startedForRun), { force: true });
}

/** The machine of a folder. One that a killed run had just begun to start keeps the folder from a second: it is waited for. */
async function machineOf(options: LaunchOptions, signal: AbortSignal): Promise<MachineEndpoints> {
  const { folder, clock } = options;
  const running = await findMachine(folder, clock);
  if (running !== null) return running;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, startedForRun), '');
  try {
    return await startMachine(options, { signal, timeoutMs: START_TIMEOUT_MS });
  } catch (error) {
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      await clock.sleep(LOOK_MS, signal);
      const other = await findMachine(folder, clock);
      if (other !== null) return other;
    }
    throw error;
  }
}

/** Every key that the profiles name, and the station's sealing key. */
export function profileKeysAllowed({ cards, sectors }: ProfileSet): readonly AllowedKey[] {
  const named = [...cards, ...sectors].flatMap((profile) => profileKeys(profile).map(({ key }) => key));
  const versions = new Map<string, Set<number>>();
  for (const { label, version } of named) versions.set(label, (versions.get(label) ?? new Set()).add(version));
  const derive = [...versions].map(([label, found]): AllowedKey => ({ label, use: 'derive', versions: [...found].toSorted((a, b) => a - b) }));
  return [...derive, { label: 'station-seal', use: 'seal', versions: [1] }];
}

/** The portal's key pair: the simulated portal keeps the private half. */
async function portalKey(folder: string): Promise<string> {
  const publicFile = join(folder, 'portal-public.jwk');
  if (existsSync(publicFile)) return publicFile;
  makeFolder(folder);
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  replaceFile(join(folder, 'portal-private.jwk'), JSON.stringify(await exportJWK(privateKey)));
  replaceFile(publicFile, JSON.stringify({ ...(await exportJWK(publicKey)), kid: 'simulated-portal' }));
  return publicFile;
}

/** How the station reaches the machine's printer. */
function printerSettings({ printerProtocol: protocol, printerName, printer }: MachineEndpoints): object {
  const link = { kind: 'tcp', ...printer };
  return protocol === 'espf' ? { protocol, device: printerName, link } : { protocol, link };
}

interface ConfigParts {
  readonly dir: string;
  readonly endpoints: MachineEndpoints;
  readonly token: SimulatedToken;
  readonly keys: readonly AllowedKey[];
  readonly portalKeyFile: string;
  readonly profilesDir: string;
  readonly timeFactor: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

function stationConfig({ dir, endpoints, token, keys, portalKeyFile, profilesDir, timeFactor, settings }: ConfigParts): { readonly value: unknown; readonly config: StationConfig } {
  const { ca } = endpoints;
  if (ca === null) throw new StationFault('CFG-INVALID', { field: 'certificateAuthority', note: 'the machine runs without one' });
  const value = {
    station: { id: 'simulated' },
    dataDir: join(dir, 'station'),
    lettersDir: join(dir, 'results', 'letters'),
    bench: {
      name: 'Simulated bench',
      printer: printerSettings(endpoints),
      readers: { ...endpoints.readers, ...(endpoints.cardServiceSocket === null ? {} : { serviceSocket: endpoints.cardServiceSocket }) },
      limits: { printFloorMs: Math.floor(REAL_PRINT_FLOOR_MS * timeFactor) },
    },
    keys: { module: token.modulePath, tokenLabel: token.tokenLabel, pinFile: join(dir, 'token', 'user.pin'), environment: { SOFTHSM2_CONF: join(dir, 'token', 'softhsm2.conf') }, keys },
    certificateAuthority: { protocol: 'est', url: ca.url, rootFile: ca.trustAnchorFile, clientCertificateFile: ca.clientCertificateFile, clientKeyFile: ca.clientKeyFile },
    contentSigner: { key: { label: 'content-signer', version: 1 }, certificateFile: join(dir, 'station', 'content-signer.pem') },
    profilesDir,
    approversFile: approversBeside(profilesDir),
    portalKeyFile,
    mailbox: { kind: 'folder', folder: join(dir, 'portal', 'mailbox') },
    site: { expressPickupPoints: ['STOCKHOLM'], portal: 'portal.example', returnAddress: ['Kortverk', 'Box 1', '111 11 Stockholm'] },
    ...settings,
  };
  return { value, config: parseStationConfig(value, dir) };
}
