import { createCipheriv } from 'node:crypto';

const blockBytes = 16;
/** Low byte of the constant that makes a subkey (SP 800-38B, 5.3). */
const doubling = 0x87;

/** AES-CMAC (SP 800-38B; RFC 4493) of a message under a key of 16, 24 or 32 bytes, in memory. 16 bytes. Throws RangeError for another key. */
export function aesCmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const k1 = doubled(cbc(key, new Uint8Array(blockBytes)));
  const isWhole = message.length > 0 && message.length % blockBytes === 0;
  const padded = new Uint8Array(Math.max(1, Math.ceil(message.length / blockBytes)) * blockBytes);
  padded.set(message);
  if (!isWhole) padded[message.length] = 0x80;
  const mask = isWhole ? k1 : doubled(k1);
  const last = padded.subarray(-blockBytes);
  mask.forEach((byte, index) => (last[index] = (last[index] ?? 0) ^ byte));
  return cbc(key, padded).slice(-blockBytes);
}

function cbc(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  if (![16, 24, 32].includes(key.length)) throw new RangeError(`AES takes keys of 16, 24 or 32 bytes, not ${key.length}`);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, new Uint8Array(blockBytes)).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(blocks), cipher.final()]));
}

function doubled(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, index) => ((byte << 1) | ((block[index + 1] ?? 0) >> 7)) & 0xff);
  if ((block[0] ?? 0) & 0x80) shifted[blockBytes - 1] = (shifted[blockBytes - 1] ?? 0) ^ doubling;
  return shifted;
}
