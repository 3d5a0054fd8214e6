import { randomBytes } from 'node:crypto';
import { StationFault } from '../contracts/fault.ts';
import type { ChannelInput, ChannelKeys, ChannelSessionKeys, KeyCustody, KeyReference, SectorKeyInput } from '../contracts/keys.ts';
import { Secret } from '../contracts/secret.ts';
import { deriveChannelSession, keysOfChannel } from './channel-session.ts';
import { requireAllowed, type AllowedKey, type KeyCustodyOptions } from './key-policy.ts';
import { deriveManagementKey } from './management-key.ts';
import { deriveSectorKey } from './sector-key.ts';
import { openTokenSession, type TokenSession } from './token-session.ts';

const SEAL_FORMAT = 0x01;
const SEAL_HEADER_BYTES = 3;
const IV_BYTES = 12;
const GCM_TAG_BYTES = 16;

class TokenKeyCustody implements KeyCustody {
  readonly #session: TokenSession;
  readonly #keys: readonly AllowedKey[];
  readonly #sealingLabel: string;
  readonly #sealingVersion: number;

  constructor(session: TokenSession, keys: readonly AllowedKey[], sealing: KeyReference) {
    this.#session = session;
    this.#keys = keys;
    this.#sealingLabel = sealing.label;
    this.#sealingVersion = sealing.version;
  }

  async checkValue(key: KeyReference): Promise<string> {
    return this.#session.checkValue(key);
  }

  async sectorKey(key: KeyReference, input: SectorKeyInput): Promise<Secret> {
    requireAllowed(this.#keys, key, 'derive');
    return Secret.take(deriveSectorKey((message) => this.#session.cmac(key, message), input));
  }

  async managementKey(key: KeyReference, guid: Uint8Array, lengthBytes: 16 | 24 | 32): Promise<Secret> {
    requireAllowed(this.#keys, key, 'derive');
    return Secret.take(deriveManagementKey((message) => this.#session.cmac(key, message), guid, lengthBytes));
  }

  async channelSession(keys: ChannelKeys, input: ChannelInput): Promise<ChannelSessionKeys> {
    for (const key of keysOfChannel(keys)) requireAllowed(this.#keys, key, 'derive');
    return deriveChannelSession((key, message) => this.#session.cmac(key, message), keys, input);
  }

  /** Format byte, key version (big endian), IV, then AES-GCM's ciphertext and tag; the first three bytes are authenticated too. */
  async seal(plain: Secret): Promise<Uint8Array> {
    const key = { label: this.#sealingLabel, version: this.#sealingVersion };
    const header = Uint8Array.of(SEAL_FORMAT, key.version >> 8, key.version & 0xff);
    const iv = Uint8Array.from(randomBytes(IV_BYTES));
    const body = plain.use((bytes) => this.#session.encrypt(key, iv, header, bytes));
    return Uint8Array.from([...header, ...iv, ...body]);
  }

  async unseal(sealed: Uint8Array): Promise<Secret> {
    const header = sealed.subarray(0, SEAL_HEADER_BYTES);
    const iv = sealed.subarray(SEAL_HEADER_BYTES, SEAL_HEADER_BYTES + IV_BYTES);
    const [format, high = 0, low = 0] = header;
    if (format !== SEAL_FORMAT || sealed.length < SEAL_HEADER_BYTES + IV_BYTES + GCM_TAG_BYTES) throw new StationFault('KEY-TOKEN', { note: 'this was not sealed here' });
    const key = { label: this.#sealingLabel, version: (high << 8) | low };
    requireAllowed(this.#keys, key, 'seal');
    return Secret.take(this.#session.decrypt(key, iv, header, sealed.subarray(SEAL_HEADER_BYTES + IV_BYTES)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

function sealingKey(keys: readonly AllowedKey[]): KeyReference {
  const [entry, ...more] = keys.filter((key) => key.use === 'seal');
  const version = entry?.versions.at(-1);
  if (entry === undefined || version === undefined || more.length > 0) {
    throw new StationFault('CFG-INVALID', { field: 'keys', note: 'exactly one key, with a version, is there to seal with' });
  }
  return { label: entry.label, version };
}

/**
 * Opens the key store: loads the PKCS#11 module, logs in to the token, and makes sure that every allowed version is
 * there. Throws `KEY-UNAVAILABLE` for a missing token or key, `KEY-TOKEN` for the token's own errors, `CFG-INVALID`
 * when the policy does not name one sealing key.
 */
export async function openKeyCustody(options: KeyCustodyOptions): Promise<KeyCustody> {
  const sealing = sealingKey(options.keys);
  const session = await openTokenSession(options.modulePath, options.tokenLabel, options.pin);
  try {
    for (const { label, versions } of options.keys) for (const version of versions) session.find({ label, version });
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return new TokenKeyCustody(session, options.keys, sealing);
}
