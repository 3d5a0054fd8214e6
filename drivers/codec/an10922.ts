import { createCipheriv } from 'node:crypto';

/** The master key types of NXP AN10922, "Symmetric key diversifications". */
export type DiversificationKind = 'aes-128' | 'aes-192' | 'aes-256' | '2tdea' | '3tdea';

interface Recipe {
  readonly cipher: string;
  readonly keyBytes: number;
  readonly blockBytes: 8 | 16;
  /** Low byte of the constant that makes a subkey of a doubled block (SP 800-38B 5.3). */
  readonly doubling: number;
  /** One MAC for each, over this constant and the input. */
  readonly constants: readonly number[];
}

const RECIPES: Readonly<Record<DiversificationKind, Recipe>> = {
  'aes-128': { cipher: 'aes-128-cbc', keyBytes: 16, blockBytes: 16, doubling: 0x87, constants: [0x01] },
  'aes-192': { cipher: 'aes-192-cbc', keyBytes: 24, blockBytes: 16, doubling: 0x87, constants: [0x11, 0x12] },
  'aes-256': { cipher: 'aes-256-cbc', keyBytes: 32, blockBytes: 16, doubling: 0x87, constants: [0x41, 0x42] },
  '2tdea': { cipher: 'des-ede-cbc', keyBytes: 16, blockBytes: 8, doubling: 0x1b, constants: [0x21, 0x22] },
  '3tdea': { cipher: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8, doubling: 0x1b, constants: [0x31, 0x32, 0x33] },
};

/**
 * The messages whose CMACs make a diversified key, for a master key that stays in a token: constant and input.
 * The input must be one block to two blocks less one byte long (AES: 16 to 31), because AN10922 pads shorter ones to
 * two blocks, which is not CMAC. Throws `RangeError` for other lengths.
 */
export function diversificationMessages(kind: DiversificationKind, input: Uint8Array): readonly Uint8Array[] {
  const { blockBytes, constants } = RECIPES[kind];
  if (input.length < blockBytes || input.length >= 2 * blockBytes) {
    throw new RangeError(`a diversification input for a token has ${blockBytes} to ${2 * blockBytes - 1} bytes, not ${input.length}`);
  }
  return constants.map((constant) => Uint8Array.of(constant, ...input));
}

/** Puts a diversified key together from the MACs over its messages; for AES-192 the halves overlap (AN10922 2.3). The caller wipes both. */
export function assembleDiversifiedKey(kind: DiversificationKind, macs: readonly Uint8Array[]): Uint8Array {
  const [first, second] = macs;
  if (kind !== 'aes-192') return Uint8Array.from(macs.flatMap((mac) => [...mac]));
  if (first === undefined || second === undefined) throw new RangeError('AES-192 takes two MACs');
  return Uint8Array.from([...first.subarray(0, 8), ...first.subarray(8).map((byte, index) => byte ^ (second[index] ?? 0)), ...second.subarray(8)]);
}

/**
 * Diversifies a key that is in memory, by AN10922 in full: inputs of 1 byte to two blocks less one byte (AES 31, TDEA 15).
 * Throws `RangeError` for other lengths. TDEA results carry no parity.
 */
export function diversifyKey(kind: DiversificationKind, key: Uint8Array, input: Uint8Array): Uint8Array {
  const recipe = RECIPES[kind];
  if (key.length !== recipe.keyBytes) throw new RangeError(`${kind} takes a key of ${recipe.keyBytes} bytes`);
  if (input.length < 1 || input.length >= 2 * recipe.blockBytes) throw new RangeError(`${kind} diversifies 1 to ${2 * recipe.blockBytes - 1} bytes`);
  return assembleDiversifiedKey(
    kind,
    recipe.constants.map((constant) => twoBlockMac(recipe, key, Uint8Array.of(constant, ...input))),
  );
}

/** CBC-MAC over the message padded to two blocks, the last block masked by K1 when it is full and by K2 when it was padded. */
function twoBlockMac(recipe: Recipe, key: Uint8Array, message: Uint8Array): Uint8Array {
  const { blockBytes } = recipe;
  const padded = new Uint8Array(2 * blockBytes);
  padded.set(message);
  if (message.length < padded.length) padded[message.length] = 0x80;
  const k1 = doubled(encrypt(recipe, key, new Uint8Array(blockBytes)), recipe.doubling);
  const mask = message.length < padded.length ? doubled(k1, recipe.doubling) : k1;
  mask.forEach((byte, index) => (padded[blockBytes + index] = (padded[blockBytes + index] ?? 0) ^ byte));
  return encrypt(recipe, key, padded).slice(-blockBytes);
}

function encrypt(recipe: Recipe, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv(recipe.cipher, key, new Uint8Array(recipe.blockBytes)).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(blocks), cipher.final()]));
}

function doubled(block: Uint8Array, constant: number): Uint8Array {
  const shifted = block.map((byte, index) => ((byte << 1) | ((block[index + 1] ?? 0) >> 7)) & 0xff);
  const last = shifted.length - 1;
  if ((block[0] ?? 0) & 0x80) shifted[last] = (shifted[last] ?? 0) ^ constant;
  return shifted;
}
