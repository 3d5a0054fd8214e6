/** One data object: its tag as a number (`0x7f49` for the bytes 7F 49) and its value (a view of the parsed bytes). */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

const maximumObjects = 256;

/**
 * Writes one BER-TLV with a definite, shortest length (ISO/IEC 7816-4, 5.2.2). Tags of one to three bytes, values to
 * 16 MB. Throws RangeError for a tag of no bytes or more than three.
 */
export function encodeTlv(tag: number, value: Uint8Array): Uint8Array {
  if (!Number.isInteger(tag) || tag <= 0 || tag > 0xffffff) throw new RangeError('a BER-TLV tag has one to three bytes');
  return joinBytes(bigEndian(tag), lengthBytes(value.length), value);
}

/** A constructed object from its parts. */
export function encodeNested(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return encodeTlv(tag, joinBytes(...parts));
}

/**
 * Reads a run of BER-TLVs that fills the bytes exactly. Null when a tag or length is cut off or indefinite, a value
 * is shorter than its length says, or there are more than 256 objects. Does not descend.
 */
export function parseTlvs(bytes: Uint8Array): readonly Tlv[] | null {
  const found: Tlv[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const object = readTlv(bytes, offset);
    if (object === null || found.length >= maximumObjects) return null;
    found.push(object.tlv);
    offset = object.end;
  }
  return found;
}

/** Reads exactly one object with this tag that fills the bytes; null otherwise. */
export function parseSingle(bytes: Uint8Array, tag: number): Uint8Array | null {
  const objects = parseTlvs(bytes);
  const only = objects?.length === 1 ? objects[0] : undefined;
  return only?.tag === tag ? only.value : null;
}

/** The value of the first object with a tag, or null when there is none. */
export function childValue(objects: readonly Tlv[], tag: number): Uint8Array | null {
  return objects.find((object) => object.tag === tag)?.value ?? null;
}

/** The same as text, or null when there is none. */
export function asciiValue(objects: readonly Tlv[], tag: number): string | null {
  const value = childValue(objects, tag);
  return value === null ? null : Buffer.from(value).toString('latin1');
}

/** Joins byte runs into one new array. */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function readTlv(bytes: Uint8Array, start: number): { readonly tlv: Tlv; readonly end: number } | null {
  const tag = readTag(bytes, start);
  if (tag === null) return null;
  const length = readLength(bytes, tag.end);
  if (length === null || length.end + length.value > bytes.length) return null;
  const end = length.end + length.value;
  return { tlv: { tag: tag.value, value: bytes.subarray(length.end, end) }, end };
}

function readTag(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | null {
  const first = bytes[start];
  if (first === undefined || first === 0) return null;
  if ((first & 0x1f) !== 0x1f) return { value: first, end: start + 1 };
  let value = first;
  for (let offset = start + 1; offset < start + 3; offset += 1) {
    const next = bytes[offset];
    if (next === undefined) return null;
    value = value * 0x100 + next;
    if ((next & 0x80) === 0) return { value, end: offset + 1 };
  }
  return null;
}

function readLength(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | null {
  const first = bytes[start];
  if (first === undefined) return null;
  if (first < 0x80) return { value: first, end: start + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || start + 1 + count > bytes.length) return null;
  let value = 0;
  for (const byte of bytes.subarray(start + 1, start + 1 + count)) value = value * 0x100 + byte;
  return { value, end: start + 1 + count };
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes = bigEndian(length);
  if (bytes.length > 3) throw new RangeError('a BER-TLV value is too long');
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

function bigEndian(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 0x100)) bytes.unshift(rest % 0x100);
  return Uint8Array.from(bytes);
}
