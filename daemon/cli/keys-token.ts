import { join } from 'node:path';
import { type Command } from 'commander';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import type { KeyAdministration } from '../../drivers/keys/key-administration.ts';

/** Options that every `keys` command takes which needs a token. */
export interface TokenOptions {
  readonly config?: string;
  readonly simulated: string;
  readonly json?: boolean;
}

/** Options of commands that the security officer takes part in. */
export interface OfficerOptions extends TokenOptions {
  readonly officerPinFile?: string;
}

/** A token by name, with the user's PIN. The caller wipes it. */
export interface UserPlace {
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pin: Secret;
}

/** Where the simulated station keeps its token unless told otherwise, and the officer's PIN in it. */
const defaultTokenFolder = 'var/token';
const simulatedOfficerPin = 'officer.pin';
const blank = 0x20;
const readableByOthers = 0o077;

/** Adds them to a command. */
export function withTokenOptions(command: Command): Command {
  return command
    .option('--config <file>', "the station's configuration, which names module, token and PIN file")
    .option('--simulated <folder>', 'the token of a simulated station, where no configuration is given', defaultTokenFolder)
    .option('--json', 'print the result as JSON');
}

/** The same, and where the security officer's PIN is read: a file of the officer's own, which no configuration names. */
export function withOfficerOptions(command: Command): Command {
  return withTokenOptions(command).option('--officer-pin-file <file>', "the security officer's PIN, in a file that nobody else may read; on a simulated station the one in its folder");
}

/** Opens the token that the options name and hands it to `work`, to look only. Throws `CFG-INVALID`, `KEY-UNAVAILABLE`, `KEY-TOKEN`. */
export async function withToken<T>(options: TokenOptions, work: (keepers: KeyAdministration) => T): Promise<T> {
  const { openKeyAdministration } = await import('../../drivers/keys/key-administration.ts');
  const place = await userPlace(options);
  using pin = place.pin;
  await using keepers = await openKeyAdministration({ ...place, pin, officerPin: null });
  return work(keepers);
}

/** The same with the security officer there, to change keys. Throws `KEY-ROLE` beside. */
export async function withOfficer<T>(options: OfficerOptions, work: (keepers: KeyAdministration) => T): Promise<T> {
  const { openKeyAdministration } = await import('../../drivers/keys/key-administration.ts');
  const place = await userPlace(options);
  using pin = place.pin;
  using officerPin = await readOfficerPin(options);
  await using keepers = await openKeyAdministration({ ...place, pin, officerPin });
  return work(keepers);
}

/** The officer's PIN. Throws `KEY-ROLE` when no file is named, or others may read it. */
export async function readOfficerPin({ officerPinFile, config, simulated }: OfficerOptions): Promise<Secret> {
  const file = officerPinFile ?? (config === undefined ? join(simulated, simulatedOfficerPin) : null);
  if (file === null) throw new StationFault('KEY-ROLE', { note: '--officer-pin-file names no file' });
  return readPinFile(file);
}

/** A PIN from a file, without the line end. Throws `KEY-ROLE` when it is not there or others may read it. */
export async function readPinFile(file: string): Promise<Secret> {
  const { open } = await import('node:fs/promises');
  const handle = await open(file).catch((error: unknown) => {
    throw new StationFault('KEY-ROLE', { note: `${file} cannot be read` }, error);
  });
  try {
    if (((await handle.stat()).mode & readableByOthers) !== 0) throw new StationFault('KEY-ROLE', { note: `others may read ${file}` });
    const bytes = await handle.readFile();
    const pin = Secret.take(Uint8Array.from(bytes.subarray(0, bytes.findLastIndex((byte) => byte > blank) + 1)));
    bytes.fill(0);
    return pin;
  } finally {
    await handle.close();
  }
}

/** Module, token and the user's PIN that the options name. Throws `CFG-INVALID`, `KEY-UNAVAILABLE`, `KEY-ROLE`. */
export async function userPlace({ config, simulated }: TokenOptions): Promise<UserPlace> {
  if (config === undefined) {
    const { findSimulatedToken } = await import('../../drivers/keys/softhsm-token.ts');
    return findSimulatedToken(simulated);
  }
  const { readStationConfig } = await import('../config/read-config.ts');
  const { keys } = await readStationConfig(config);
  for (const [name, value] of Object.entries(keys.environment)) process.env[name] = value;
  return { modulePath: keys.module, tokenLabel: keys.tokenLabel, pin: await readPinFile(keys.pinFile) };
}
