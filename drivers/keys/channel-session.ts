import { joinBytes } from '../codec/ber-tlv.ts';
import { assembleScp03Key, kdf3Messages, scp03Derivation, scp03Messages, scp03SessionKeys } from '../codec/scp03-keys.ts';
import type { ChannelInput, ChannelKeys, ChannelSessionKeys, KeyReference } from '../contracts/keys.ts';
import { Secret } from '../contracts/secret.ts';

/** Computes an AES-CMAC (16 bytes) under a key of the token. */
export type KeyedCmac = (key: KeyReference, message: Uint8Array) => Uint8Array;

/** Every key that a channel is opened with. */
export function keysOfChannel(keys: ChannelKeys): readonly KeyReference[] {
  return keys.kind === 'diversified' ? [keys.master] : [keys.enc, keys.mac];
}

/** Session keys of a secure channel: for a batch's keys each CMAC is the token's, and no static key is ever outside. */
export function deriveChannelSession(cmac: KeyedCmac, keys: ChannelKeys, input: ChannelInput): ChannelSessionKeys {
  return keys.kind === 'batch' ? batchSession(cmac, keys, input) : cardSession(cmac, keys.master, input);
}

function batchSession(cmac: KeyedCmac, { enc, mac }: Extract<ChannelKeys, { kind: 'batch' }>, { hostChallenge, cardChallenge, lengthBytes }: ChannelInput): ChannelSessionKeys {
  const context = joinBytes(hostChallenge, cardChallenge);
  const derived = (key: KeyReference, derivation: number): Uint8Array =>
    assembleScp03Key(scp03Messages(derivation, context, lengthBytes).map((message) => cmac(key, message)), lengthBytes);
  return session(derived(enc, scp03Derivation.sEnc), derived(mac, scp03Derivation.sMac), derived(mac, scp03Derivation.sRmac));
}

/** The card's own static keys come out of the token for as long as this takes. */
function cardSession(cmac: KeyedCmac, master: KeyReference, { diversification, hostChallenge, cardChallenge, lengthBytes }: ChannelInput): ChannelSessionKeys {
  const card = (key: 'enc' | 'mac'): Uint8Array => assembleScp03Key(kdf3Messages(key, diversification, lengthBytes).map((message) => cmac(master, message)), lengthBytes);
  const own = { enc: card('enc'), mac: card('mac') };
  try {
    const { sEnc, sMac, sRmac } = scp03SessionKeys(own, hostChallenge, cardChallenge);
    return session(sEnc, sMac, sRmac);
  } finally {
    own.enc.fill(0);
    own.mac.fill(0);
  }
}

function session(enc: Uint8Array, mac: Uint8Array, rmac: Uint8Array): ChannelSessionKeys {
  const [sEnc, sMac, sRmac] = [Secret.take(enc), Secret.take(mac), Secret.take(rmac)];
  return { sEnc, sMac, sRmac, [Symbol.dispose]: () => { for (const key of [sEnc, sMac, sRmac]) key.wipe(); } };
}
