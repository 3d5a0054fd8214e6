/** A value block: a signed 32-bit value and the address byte that backup schemes use (MF1S50yyX 8.6.2.1). */
export interface ValueBlock {
  readonly value: number;
  readonly address: number;
}

/** Encodes a value block: value, inverted value, value (little endian), address, inverted, address, inverted. Throws `RangeError` outside 32 bits and one byte. */
export function encodeValueBlock(block: ValueBlock): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(block.value, 0);
  bytes.writeInt32LE(~block.value, 4);
  bytes.writeInt32LE(block.value, 8);
  bytes.writeUInt8(block.address, 12);
  bytes.writeUInt8(~block.address & 0xff, 13);
  bytes.writeUInt8(block.address, 14);
  bytes.writeUInt8(~block.address & 0xff, 15);
  return Uint8Array.from(bytes);
}

/** Reads a value block. Null when its copies disagree. */
export function decodeValueBlock(bytes: Uint8Array): ValueBlock | null {
  if (bytes.length !== 16) return null;
  const block = { value: Buffer.from(bytes).readInt32LE(0), address: bytes[12] ?? 0 };
  return Buffer.from(encodeValueBlock(block)).equals(bytes) ? block : null;
}
