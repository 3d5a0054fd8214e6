import { createCipheriv, createDecipheriv } from 'node:crypto';
import { aesCmac } from './aes-cmac.ts';
import { joinBytes } from './ber-tlv.ts';
import { deriveScp03, scp03Derivation, type Scp03Keys, type Scp03SessionKeys } from './scp03-keys.ts';

/** What secures the commands and answers of a session (GlobalPlatform Amendment D, 7.1.2.1): the sum is the security level. */
export const scp03Level = { commandMac: 0x01, commandEncryption: 0x02, responseMac: 0x10, responseEncryption: 0x20 } as const;

const blockBytes = 16;
export const scp03MacBytes = 8;
export const scp03ChallengeBytes = 8;

/** Session keys, and the MAC chaining value and command counter as they stand. Both sides keep one. */
export interface Scp03Session extends Scp03SessionKeys {
  readonly level: number;
  /** 16 bytes: the C-MAC of the last command in full. */
  readonly chaining: Uint8Array;
  /** Commands since EXTERNAL AUTHENTICATE. */
  readonly counter: number;
}

/** The answer to INITIALIZE UPDATE (Amendment D, 7.1.1.6). */
export interface Scp03Greeting {
  readonly diversification: Uint8Array;
  readonly keyVersion: number;
  readonly parameter: number;
  readonly cardChallenge: Uint8Array;
  readonly cardCryptogram: Uint8Array;
}

/** Reads the answer to INITIALIZE UPDATE, with or without the sequence counter; null when it is not of SCP03 in S8 mode. */
export function decodeScp03Greeting(data: Uint8Array): Scp03Greeting | null {
  if ((data.length !== 29 && data.length !== 32) || data[11] !== 0x03) return null;
  return { diversification: data.subarray(0, 10), keyVersion: data[10] ?? 0, parameter: data[12] ?? 0, cardChallenge: data.subarray(13, 21), cardCryptogram: data.subarray(21, 29) };
}

/** A session at its beginning. */
export function beginScp03Session(keys: Scp03SessionKeys, level: number): Scp03Session {
  return { ...keys, level, chaining: new Uint8Array(blockBytes), counter: 0 };
}

/** What the card or the host proves its keys with, 8 bytes (Amendment D, 6.2.2). */
export function scp03Cryptogram({ sMac }: Scp03Session, side: 'card' | 'host', hostChallenge: Uint8Array, cardChallenge: Uint8Array): Uint8Array {
  return deriveScp03(sMac, side === 'card' ? scp03Derivation.cardCryptogram : scp03Derivation.hostCryptogram, joinBytes(hostChallenge, cardChallenge), scp03MacBytes);
}

/** A pseudo-random card challenge from the sequence counter and the application's identifier (Amendment D, 6.2.2.1). */
export function scp03CardChallenge({ enc }: Scp03Keys, sequence: Uint8Array, aid: Uint8Array): Uint8Array {
  return deriveScp03(enc, scp03Derivation.cardChallenge, joinBytes(sequence, aid), scp03ChallengeBytes);
}

/**
 * The C-MAC of a command and the session after it: over chaining value, header with the class already marked, Lc that
 * counts the MAC, and data as it is sent (Amendment D, 6.2.4). The first eight bytes go behind the data.
 */
export function scp03CommandMac(session: Scp03Session, header: Uint8Array, data: Uint8Array): { readonly mac: Uint8Array; readonly after: Scp03Session } {
  const length = Uint8Array.of(data.length + scp03MacBytes);
  const chaining = aesCmac(session.sMac, joinBytes(session.chaining, header, length, data));
  return { mac: chaining.slice(0, scp03MacBytes), after: { ...session, chaining } };
}

/** The R-MAC of an answer, 8 bytes: over the chaining value of its command, data as sent, and status word (Amendment D, 6.2.5). */
export function scp03ResponseMac({ sRmac, chaining }: Scp03Session, data: Uint8Array, sw: number): Uint8Array {
  return aesCmac(sRmac, joinBytes(chaining, data, Uint8Array.of(sw >> 8, sw & 0xff))).slice(0, scp03MacBytes);
}

/** Enciphers a command's or an answer's data with the counter of its command (Amendment D, 6.2.6 and 6.2.7). Empty data stay empty. */
export function scp03Encrypt(session: Scp03Session, of: 'command' | 'response', data: Uint8Array): Uint8Array {
  if (data.length === 0) return data;
  const padded = new Uint8Array((Math.floor(data.length / blockBytes) + 1) * blockBytes);
  padded.set(data);
  padded[data.length] = 0x80;
  const cipher = createCipheriv(`aes-${session.sEnc.length * 8}-cbc`, session.sEnc, initialVector(session, of)).setAutoPadding(false);
  const result = Uint8Array.from(Buffer.concat([cipher.update(padded), cipher.final()]));
  padded.fill(0);
  return result;
}

/** Deciphers data; null when they are no whole blocks or their padding is none. */
export function scp03Decrypt(session: Scp03Session, of: 'command' | 'response', data: Uint8Array): Uint8Array | null {
  if (data.length === 0) return data;
  if (data.length % blockBytes !== 0) return null;
  const decipher = createDecipheriv(`aes-${session.sEnc.length * 8}-cbc`, session.sEnc, initialVector(session, of)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(data), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  const isPadded = end >= padded.length - blockBytes && padded[end] === 0x80;
  const result = isPadded ? Uint8Array.from(padded.subarray(0, end)) : null;
  padded.fill(0);
  return result;
}

/** Wipes the keys of a session. */
export function wipeScp03Session({ sEnc, sMac, sRmac }: Scp03Session): void {
  for (const key of [sEnc, sMac, sRmac]) key.fill(0);
}

/** The command counter enciphered; the answer's has its highest bit set. */
function initialVector({ sEnc, counter }: Scp03Session, of: 'command' | 'response'): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  block.writeUInt32BE(counter, blockBytes - 4);
  if (of === 'response') block[0] = 0x80;
  const cipher = createCipheriv(`aes-${sEnc.length * 8}-ecb`, sEnc, null).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(block), cipher.final()]));
}
