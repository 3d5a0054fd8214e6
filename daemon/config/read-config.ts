import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { absoluteAuthority } from './authority-config.ts';
import { stationConfigSchema, type StationConfig } from './station-config.ts';

/**
 * Reads a station's configuration file (JSON), checks it, makes its paths absolute, and freezes it. Throws
 * `CFG-INVALID` with the setting's path, or the file's name when it cannot be read at all.
 */
export async function readStationConfig(file: string): Promise<StationConfig> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StationFault('CFG-INVALID', { field: file, note: 'the file cannot be read' }, error);
  });
  return parseStationConfig(parseJson(text, file), dirname(resolve(file)));
}

/** Checks a configuration value; `baseDir` is where relative paths count from. */
export function parseStationConfig(value: unknown, baseDir: string): StationConfig {
  const parsed = stationConfigSchema.safeParse(value);
  if (!parsed.success) throw invalid(parsed.error);
  return deepFreeze(absolutePaths(parsed.data, baseDir));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: file, note: 'not JSON' }, error);
  }
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
    portalKeyFile: at(config.portalKeyFile),
    keys: { ...keys, pinFile: at(keys.pinFile) },
    ...(contentSigner === undefined ? {} : { contentSigner: { ...contentSigner, certificateFile: at(contentSigner.certificateFile) } }),
    certificateAuthority: absoluteAuthority(ca, at),
    queue: queue.kind === 'server' && queue.passwordFile !== undefined ? { ...queue, passwordFile: at(queue.passwordFile) } : queue,
    ...(mailbox === undefined ? {} : { mailbox: absoluteMailbox(mailbox, at) }),
  };
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
