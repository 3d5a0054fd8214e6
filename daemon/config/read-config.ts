import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { readJsonSetting } from '../files/json-setting.ts';
import { absoluteAuthority } from './authority-config.ts';
import { stationConfigSchema, type QueueConfig, type RemoteQueue, type StationConfig } from './station-config.ts';

/** A configuration is some kilobytes; tables of colours lie in files of their own. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Reads a station's configuration file (JSON), checks it, makes its paths absolute, and freezes it. Throws
 * `CFG-INVALID` with the setting's path, or the file's name when it cannot be read at all or is larger than a megabyte.
 */
export async function readStationConfig(file: string): Promise<StationConfig> {
  return parseStationConfig(await readJsonSetting(file, MAX_CONFIG_BYTES), dirname(resolve(file)));
}

/** Checks a configuration value; `baseDir` is where relative paths count from. */
export function parseStationConfig(value: unknown, baseDir: string): StationConfig {
  const parsed = stationConfigSchema.safeParse(value);
  if (!parsed.success) throw invalid(parsed.error);
  return deepFreeze(absolutePaths(parsed.data, baseDir));
}

function invalid(error: z.ZodError): StationFault {
  const [first] = error.issues;
  const field = first === undefined ? '?' : [...first.path, ...('keys' in first ? first.keys : [])].join('.');
  return new StationFault('CFG-INVALID', { field, note: error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') });
}

function absolutePaths(config: StationConfig, baseDir: string): StationConfig {
  const at = (path: string): string => resolve(baseDir, path);
  const { keys, certificateAuthority: ca, contentSigner, queue, mailbox } = config;
  return {
    ...config,
    dataDir: at(config.dataDir),
    lettersDir: at(config.lettersDir),
    profilesDir: at(config.profilesDir),
    approversFile: at(config.approversFile),
    portalKeyFile: at(config.portalKeyFile),
    bench: { ...config.bench, printer: absolutePrinter(config.bench.printer, at) },
    keys: { ...keys, pinFile: at(keys.pinFile) },
    ...(contentSigner === undefined ? {} : { contentSigner: { ...contentSigner, certificateFile: at(contentSigner.certificateFile) } }),
    certificateAuthority: absoluteAuthority(ca, at),
    queue: absoluteQueue(queue, at),
    station: { ...config.station, ...(config.station.sharing === undefined ? {} : { sharing: { ...config.station.sharing, keyFile: at(config.station.sharing.keyFile) } }) },
    ...(mailbox === undefined ? {} : { mailbox: absoluteMailbox(mailbox, at) }),
  };
}

function absoluteQueue(queue: QueueConfig, at: (path: string) => string): QueueConfig {
  if (queue.kind === 'embedded') return queue;
  const { tls } = queue;
  const passwordFile = queue.passwordFile === undefined ? {} : { passwordFile: at(queue.passwordFile) };
  const sentinelPasswordFile = queue.kind === 'sentinel' && queue.sentinelPasswordFile !== undefined ? { sentinelPasswordFile: at(queue.sentinelPasswordFile) } : {};
  return { ...queue, ...passwordFile, ...sentinelPasswordFile, tls: typeof tls === 'boolean' ? tls : absoluteTls(tls, at) };
}

function absoluteTls(tls: Exclude<RemoteQueue['tls'], boolean>, at: (path: string) => string): typeof tls {
  const { caFile, certificateFile, keyFile } = tls;
  return {
    ...tls,
    ...(caFile === undefined ? {} : { caFile: at(caFile) }),
    ...(certificateFile === undefined ? {} : { certificateFile: at(certificateFile) }),
    ...(keyFile === undefined ? {} : { keyFile: at(keyFile) }),
  };
}

type Printer = StationConfig['bench']['printer'];

function absolutePrinter(printer: Printer, at: (path: string) => string): Printer {
  const absolute = <Calibration extends Printer['calibrations'][number]>(calibrations: readonly Calibration[]): Calibration[] =>
    calibrations.map((one) => (one.colour === undefined ? one : { ...one, colour: { ...one.colour, file: at(one.colour.file) } }));
  switch (printer.protocol) {
    case 'evolis': return { ...printer, calibrations: absolute(printer.calibrations) };
    case 'espf': return { ...printer, calibrations: absolute(printer.calibrations) };
    case 'magicard': return { ...printer, calibrations: absolute(printer.calibrations) };
  }
}

function absoluteMailbox(mailbox: NonNullable<StationConfig['mailbox']>, at: (path: string) => string): NonNullable<StationConfig['mailbox']> {
  if (mailbox.kind === 'folder') return { ...mailbox, folder: at(mailbox.folder) };
  return mailbox.tokenFile === undefined ? mailbox : { ...mailbox, tokenFile: at(mailbox.tokenFile) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
