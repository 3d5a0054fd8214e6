/** A call of the vendor's service: JSON-RPC 2.0, all parameters are strings (printers.md 3). */
export interface EspfRequest {
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
}

/** An answer: a result or an error, never both. */
export type EspfAnswer =
  | { readonly id: string; readonly result: string }
  | { readonly id: string; readonly error: { readonly code: number; readonly message: string } };

/** The bytes of a call: one object, no length, no newline. */
export function writeRequest({ id, method, params }: EspfRequest): Uint8Array {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }), 'utf8');
}

export function writeEspfAnswer(answer: EspfAnswer): Uint8Array {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...answer }), 'utf8');
}

/** Larger than a picture of both sides in base64; more is refused. */
const longestMessageBytes = 16 * 1024 * 1024;

/**
 * Finds where the first JSON object of a stream ends, without parsing it: pushes go on where the last one ended, so a
 * message is looked at once however it is cut. `too-long` and `no-object` are final.
 */
export class JsonObjectCollector {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;

  push(chunk: Uint8Array): { readonly kind: 'incomplete' | 'no-object' | 'too-long' } | { readonly kind: 'object'; readonly text: string } {
    if (this.#bytes + chunk.length > longestMessageBytes) return { kind: 'too-long' };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#inText) this.#takeText(byte);
      else if (byte === 0x7b) this.#depth += 1;
      else if (this.#depth === 0 && !isSpace(byte)) return { kind: 'no-object' };
      else if (byte === 0x22) this.#inText = true;
      else if (byte === 0x7d) {
        this.#depth -= 1;
        if (this.#depth === 0) return { kind: 'object', text: Buffer.concat([...this.#chunks, chunk.subarray(0, at + 1)]).toString('utf8') };
      }
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return { kind: 'incomplete' };
  }

  #takeText(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === 0x5c) this.#escaped = true;
    else if (byte === 0x22) this.#inText = false;
  }
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function asRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A call, or null when the text is none: ids are strings or numbers, every parameter is a string. */
export function readRequest(text: string): EspfRequest | null {
  const value = asRecord(text);
  if (value === null || value['jsonrpc'] !== '2.0' || typeof value['method'] !== 'string') return null;
  const id = value['id'];
  const params: unknown = value['params'] ?? {};
  if ((typeof id !== 'string' && typeof id !== 'number') || typeof params !== 'object' || params === null || Array.isArray(params)) return null;
  const entries = Object.entries(params as Record<string, unknown>);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return null;
  return { id: String(id), method: value['method'], params: Object.fromEntries(entries) };
}

/** An answer, or null when the text is none. */
export function readEspfAnswer(text: string): EspfAnswer | null {
  const value = asRecord(text);
  if (value === null || typeof value['id'] !== 'string') return null;
  const { id, result, error } = value;
  if (typeof result === 'string' && error === undefined) return { id, result };
  if (result !== undefined || typeof error !== 'object' || error === null) return null;
  const { code, message } = error as Record<string, unknown>;
  return typeof code === 'number' && typeof message === 'string' ? { id, error: { code, message } } : null;
}

/** Part of the message when another client holds the printer. */
export const alreadyReserved = 'Communication session already reserved';

/** `KEY=value;KEY=value` as it stands in PRINT.Set and SETTING.Set; null when a part has no `=`. */
export function readSettings(data: string): ReadonlyMap<string, string> | null {
  const settings = new Map<string, string>();
  for (const part of data.split(';').map((text) => text.trim()).filter((text) => text !== '')) {
    const at = part.indexOf('=');
    if (at < 1) return null;
    settings.set(part.slice(0, at), part.slice(at + 1));
  }
  return settings;
}

export function writeSettings(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).map(([key, value]) => `${key}=${value}`).join(';');
}

const base64Mark = 'base64:';

/** Binary data as a parameter. */
export function writeBinary(data: Uint8Array): string {
  return `${base64Mark}${Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64')}`;
}

/** The bytes of a parameter: of its base64 after the mark, else of its text; null when the base64 is none. */
export function readBinary(text: string): Uint8Array | null {
  if (!text.startsWith(base64Mark)) return Buffer.from(text, 'latin1');
  const coded = text.slice(base64Mark.length);
  return /^[A-Za-z0-9+/]*={0,2}$/.test(coded) && coded.length % 4 === 0 ? Buffer.from(coded, 'base64') : null;
}
