import { aesCmac } from './aes-cmac.ts';
import { joinBytes } from './ber-tlv.ts';

/** What a key of a session is derived for (GlobalPlatform Amendment D, 4.1.5). */
export const scp03Derivation = { cardCryptogram: 0x00, hostCryptogram: 0x01, cardChallenge: 0x02, sEnc: 0x04, sMac: 0x06, sRmac: 0x07 } as const;

/** Length of an AES key of a card: all its keys have the same. */
export type Scp03KeyBytes = 16 | 24 | 32;

const blockBytes = 16;
/** Numbers of a card's static keys, as makers diversify them. */
const staticKeyNumber = { enc: 0x01, mac: 0x02 } as const;

/** The static keys of a card or a batch: AES keys of one length. The key for key data (DEK) is not needed for a session. */
export interface Scp03Keys {
  readonly enc: Uint8Array;
  readonly mac: Uint8Array;
}

/** The keys of one session. */
export interface Scp03SessionKeys {
  readonly sEnc: Uint8Array;
  readonly sMac: Uint8Array;
  readonly sRmac: Uint8Array;
}

/**
 * The messages whose CMACs under a static key make a derived one, for a key that may stay in a token: label of eleven
 * zeros and the constant, 00, length in bits, counter, context (SP 800-108, 5.1; Amendment D, 4.1.5).
 */
export function scp03Messages(derivation: number, context: Uint8Array, lengthBytes: number): readonly Uint8Array[] {
  const bits = lengthBytes * 8;
  const label = new Uint8Array(12);
  label[11] = derivation;
  return counters(lengthBytes).map((counter) => joinBytes(label, Uint8Array.of(0x00, bits >> 8, bits & 0xff, counter), context));
}

/**
 * The messages whose CMACs under a maker's master key make a card's static key, by the scheme that GlobalPlatform's tools
 * call KDF3: counter, key number in four bytes, 00, and the ten bytes of diversification data that the card tells.
 */
export function kdf3Messages(key: keyof typeof staticKeyNumber, diversification: Uint8Array, lengthBytes: Scp03KeyBytes): readonly Uint8Array[] {
  return counters(lengthBytes).map((counter) => joinBytes(Uint8Array.of(counter, 0x00, 0x00, 0x00, staticKeyNumber[key], 0x00), diversification));
}

/** Puts a derived key together from its MACs, which are wiped. */
export function assembleScp03Key(macs: readonly Uint8Array[], lengthBytes: number): Uint8Array {
  const whole = joinBytes(...macs);
  const key = whole.slice(0, lengthBytes);
  for (const bytes of [whole, ...macs]) bytes.fill(0);
  return key;
}

/** A derived key under a key that is in memory. */
export function deriveScp03(key: Uint8Array, derivation: number, context: Uint8Array, lengthBytes: number): Uint8Array {
  return assembleScp03Key(scp03Messages(derivation, context, lengthBytes).map((message) => aesCmac(key, message)), lengthBytes);
}

/** Session keys from the static keys and both challenges (Amendment D, 6.2.1). */
export function scp03SessionKeys({ enc, mac }: Scp03Keys, hostChallenge: Uint8Array, cardChallenge: Uint8Array): Scp03SessionKeys {
  const context = joinBytes(hostChallenge, cardChallenge);
  return { sEnc: deriveScp03(enc, scp03Derivation.sEnc, context, enc.length), sMac: deriveScp03(mac, scp03Derivation.sMac, context, mac.length), sRmac: deriveScp03(mac, scp03Derivation.sRmac, context, mac.length) };
}

function counters(lengthBytes: number): readonly number[] {
  return Array.from({ length: Math.ceil(lengthBytes / blockBytes) }, (_, index) => index + 1);
}
