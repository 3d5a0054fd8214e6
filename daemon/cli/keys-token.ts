import { type Command } from 'commander';
import { Secret } from '../../drivers/contracts/secret.ts';
import type { KeyAdministration, TokenPlace } from '../../drivers/keys/key-administration.ts';

/** Options that every `keys` command takes which needs a token. */
export interface TokenOptions {
  readonly config?: string;
  readonly simulated: string;
  readonly json?: boolean;
}

/** Where the simulated station keeps its token unless told otherwise. */
const defaultTokenFolder = 'var/token';
const blank = 0x20;

/** Adds them to a command. */
export function withTokenOptions(command: Command): Command {
  return command
    .option('--config <file>', "the station's configuration, which names module, token and PIN file")
    .option('--simulated <folder>', 'the token of a simulated station, where no configuration is given', defaultTokenFolder)
    .option('--json', 'print the result as JSON');
}

/** Opens the token that the options name and hands it to `work`. Throws `CFG-INVALID`, `KEY-UNAVAILABLE`, `KEY-TOKEN`. */
export async function withToken<T>(options: TokenOptions, work: (keepers: KeyAdministration) => T): Promise<T> {
  const { openKeyAdministration } = await import('../../drivers/keys/key-administration.ts');
  const place = options.config === undefined ? await simulatedPlace(options.simulated) : await configuredPlace(options.config);
  using pin = place.pin;
  await using keepers = await openKeyAdministration({ ...place, pin });
  return work(keepers);
}

async function simulatedPlace(folder: string): Promise<TokenPlace> {
  const { findSimulatedToken } = await import('../../drivers/keys/softhsm-token.ts');
  return findSimulatedToken(folder);
}

async function configuredPlace(file: string): Promise<TokenPlace> {
  const [{ readFile }, { readStationConfig }] = await Promise.all([import('node:fs/promises'), import('../config/read-config.ts')]);
  const { keys } = await readStationConfig(file);
  for (const [name, value] of Object.entries(keys.environment)) process.env[name] = value;
  const bytes = await readFile(keys.pinFile);
  const pin = Secret.take(Uint8Array.from(bytes.subarray(0, bytes.findLastIndex((byte) => byte > blank) + 1)));
  bytes.fill(0);
  return { modulePath: keys.module, tokenLabel: keys.tokenLabel, pin };
}
