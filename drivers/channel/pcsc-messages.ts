/** What a reader looks like from PC/SC. `mute`: a card is there and gave no answer to reset. */
export interface ReaderState {
  readonly name: string;
  readonly card: 'empty' | 'present' | 'mute';
  /** Answer to reset, hex; empty unless a card is present. */
  readonly atr: string;
}

/** From the station to a reader's process. */
export type ReaderRequest =
  | { readonly kind: 'connect' }
  | { readonly kind: 'transmit'; readonly command: Uint8Array }
  | { readonly kind: 'disconnect' };

/**
 * From a reader's process to the station: what it sees, unasked (`readers`, `service-gone`, `broken`), and one `done`
 * or `failed` for each request. `code` is PC/SC's error number, 0 when it named none.
 */
export type ReaderReport =
  | { readonly kind: 'readers'; readonly readers: readonly ReaderState[] }
  | { readonly kind: 'service-gone'; readonly note: string }
  | { readonly kind: 'broken'; readonly note: string }
  | { readonly kind: 'done'; readonly body: Uint8Array }
  | { readonly kind: 'failed'; readonly code: number; readonly note: string };

const requestKinds = ['connect', 'transmit', 'disconnect'] as const;
const reportKinds = ['readers', 'service-gone', 'broken', 'done', 'failed'] as const;
const headerBytes = 5;
const maxFrameBytes = 1 << 20;
const nothing = new Uint8Array(0);

/** Writes a request: length of the rest (4 bytes, big endian), kind (1 byte), body. */
export function encodeRequest(request: ReaderRequest): Buffer {
  return frame(requestKinds.indexOf(request.kind), request.kind === 'transmit' ? request.command : nothing);
}

/** Reads a request; null for a kind that does not exist. The command is a copy. */
export function decodeRequest(kind: number, body: Uint8Array): ReaderRequest | null {
  const name = requestKinds[kind];
  if (name === undefined) return null;
  return name === 'transmit' ? { kind: name, command: Uint8Array.from(body) } : { kind: name };
}

/** Writes a report in the same frame. */
export function encodeReport(report: ReaderReport): Buffer {
  const kind = reportKinds.indexOf(report.kind);
  switch (report.kind) {
    case 'readers': return frame(kind, Buffer.from(JSON.stringify(report.readers)));
    case 'service-gone':
    case 'broken': return frame(kind, Buffer.from(report.note));
    case 'done': return frame(kind, report.body);
    case 'failed': {
      const code = Buffer.alloc(4);
      code.writeUInt32BE(report.code >>> 0);
      return frame(kind, Buffer.concat([code, Buffer.from(report.note)]));
    }
  }
}

/** Reads a report; null for what no reader process writes. The body of `done` is a copy. */
export function decodeReport(kind: number, body: Uint8Array): ReaderReport | null {
  const name = reportKinds[kind];
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (name === undefined) return null;
  switch (name) {
    case 'readers': return { kind: name, readers: JSON.parse(bytes.toString()) as readonly ReaderState[] };
    case 'service-gone':
    case 'broken': return { kind: name, note: bytes.toString() };
    case 'done': return { kind: name, body: Uint8Array.from(bytes) };
    case 'failed': return bytes.length < 4 ? null : { kind: name, code: bytes.readUInt32BE(0), note: bytes.toString('utf8', 4) };
  }
}

function frame(kind: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(headerBytes + body.length);
  bytes.writeUInt32BE(body.length + 1, 0);
  bytes[4] = kind;
  bytes.set(body, headerBytes);
  return bytes;
}

/** Cuts a byte stream into frames. Bytes that were given out are overwritten afterwards: an APDU may hold a key. */
export class FrameCutter {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes the next chunk and calls `take` for each whole frame; the body is a view that is wiped when `take` returns. Throws on a length no frame has. */
  push(chunk: Buffer, take: (kind: number, body: Uint8Array) => void): void {
    let bytes = chunk;
    if (this.#pending.length > 0) {
      bytes = Buffer.concat([this.#pending, chunk]);
      this.#pending.fill(0);
      chunk.fill(0);
    }
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const length = bytes.readUInt32BE(at);
      if (length < 1 || length > maxFrameBytes) throw new RangeError(`a frame of ${length} bytes`);
      const end = at + 4 + length;
      if (end > bytes.length) break;
      take(bytes[at + 4] ?? 0, bytes.subarray(at + headerBytes, end));
      bytes.fill(0, at, end);
      at = end;
    }
    this.#pending = Buffer.from(bytes.subarray(at));
    bytes.fill(0);
  }
}
