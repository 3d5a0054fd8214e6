/** What a virtual reader asks of the card in its slot (vsmartcard's vpcd): power and reset, the ATR, or a command APDU. */
export type VpcdRequest =
  | { readonly kind: 'off' }
  | { readonly kind: 'on' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'atr' }
  | { readonly kind: 'apdu'; readonly command: Uint8Array };

const lengthBytes = 2;
const controls: ReadonlyMap<number, VpcdRequest> = new Map<number, VpcdRequest>([[0, { kind: 'off' }], [1, { kind: 'on' }], [2, { kind: 'reset' }], [4, { kind: 'atr' }]]);

/** Cuts the byte stream of a virtual reader into requests: a length (2 bytes, big endian), then so many bytes. A body of one byte is a control; one of none is nothing. */
export class VpcdFrames {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes the next bytes and gives the requests that are whole. */
  push(chunk: Uint8Array): readonly VpcdRequest[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const requests: VpcdRequest[] = [];
    for (;;) {
      const length = this.#bodyLength();
      if (length === null || this.#pending.length < lengthBytes + length) return requests;
      const body = Uint8Array.from(this.#pending.subarray(lengthBytes, lengthBytes + length));
      this.#pending = this.#pending.subarray(lengthBytes + length);
      const request = length === 1 ? controls.get(body[0] ?? -1) : length === 0 ? undefined : { kind: 'apdu' as const, command: body };
      if (request !== undefined) requests.push(request);
    }
  }

  /** Whether the length of a command has come and none of its bytes: the moment of the early byte (design section 5). */
  get awaitsCommand(): boolean {
    return this.#pending.length === lengthBytes && (this.#bodyLength() ?? 0) > 1;
  }

  #bodyLength(): number | null {
    return this.#pending.length < lengthBytes ? null : this.#pending.readUInt16BE(0);
  }
}

/** The longest answer whose length begins with the zero that the early byte has promised. */
export const MAX_ANSWER_BYTES = 255;

/** An answer: length (2 bytes, big endian) and body. `earlySent`: its first byte is on the wire already. */
export function encodeAnswer(body: Uint8Array, earlySent: boolean): Buffer {
  const bytes = Buffer.alloc(lengthBytes + body.length);
  bytes.writeUInt16BE(body.length);
  bytes.set(body, lengthBytes);
  return earlySent ? bytes.subarray(1) : bytes;
}
