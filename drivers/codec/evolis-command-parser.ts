import { parseFraming, standardFraming, type EvolisCommand, type EvolisFraming } from './evolis-frame.ts';
import { evolis300Dpi, isEvolisPanel, packedLength, parseLevels, type RasterSize } from './evolis-geometry.ts';

/** Why bytes were no command. */
export type FrameError = 'no-start' | 'head-too-long' | 'not-text' | 'interrupted' | 'bad-download' | 'unknown-download' | 'no-end';

/** `download`: the binary data of a panel begins. */
export type ParsedFrame =
  | { readonly kind: 'download' }
  | { readonly kind: 'command'; readonly command: EvolisCommand }
  | { readonly kind: 'error'; readonly error: FrameError };

type Mode =
  | { readonly at: 'between' }
  | { readonly at: 'head'; readonly head: number[] }
  | { readonly at: 'payload'; readonly head: readonly number[]; readonly payload: Uint8Array; filled: number }
  | { readonly at: 'payload-end'; readonly command: EvolisCommand }
  | { readonly at: 'skip' }
  | { readonly at: 'skip-download'; ended: boolean };

const longestHead = 512;

/**
 * Downloads of the guide whose length no public text tells (printers.md 2.4 only names them). Their data may hold any byte, so what
 * follows is skipped up to an end character with a start character after it.
 */
const unknownDownloads: ReadonlySet<string> = new Set(['Dbp', 'Dbpc', 'Dbmp']);

/**
 * The strict incremental reader of the printer's side. Push bytes as they come; complete commands and errors come out
 * in order. After an error everything up to the next end character is skipped. Memory is bounded by one head and one
 * download of at most twice an uncompressed panel.
 */
export class EvolisCommandParser {
  readonly #size: RasterSize;
  #framing: EvolisFraming = standardFraming;
  #mode: Mode = { at: 'between' };
  /** The start character may be left out directly after an end character. */
  #afterEnd = false;

  constructor(size: RasterSize = evolis300Dpi) {
    this.#size = size;
  }

  push(bytes: Uint8Array): ParsedFrame[] {
    const frames: ParsedFrame[] = [];
    for (let at = 0; at < bytes.length;) {
      at = this.#mode.at === 'payload' ? this.#fill(this.#mode, bytes, at) : this.#take(bytes[at] ?? 0, frames, at);
    }
    return frames;
  }

  #take(byte: number, frames: ParsedFrame[], at: number): number {
    const mode = this.#mode;
    switch (mode.at) {
      case 'between':
        this.#between(byte, frames);
        break;
      case 'head':
        this.#head(mode.head, byte, frames);
        break;
      case 'payload-end':
        if (byte === this.#framing.end) this.#complete(mode.command, frames);
        else this.#fail('no-end', frames);
        break;
      case 'skip':
        if (byte === this.#framing.end) this.#mode = { at: 'between' };
        this.#afterEnd = true;
        break;
      case 'skip-download':
        this.#skipDownload(mode, byte);
        break;
      case 'payload':
        break;
    }
    return at + 1;
  }

  #skipDownload(mode: Extract<Mode, { at: 'skip-download' }>, byte: number): void {
    if (mode.ended && byte === this.#framing.start) this.#mode = { at: 'head', head: [] };
    else mode.ended = byte === this.#framing.end || (mode.ended && byte === 0);
  }

  #between(byte: number, frames: ParsedFrame[]): void {
    if (byte === 0 || byte === this.#framing.end) return;
    if (byte === this.#framing.start) this.#mode = { at: 'head', head: [] };
    else if (this.#afterEnd && isLetter(byte)) this.#mode = { at: 'head', head: [byte] };
    else this.#fail('no-start', frames);
  }

  #head(head: number[], byte: number, frames: ParsedFrame[]): void {
    if (byte === this.#framing.start) {
      frames.push({ kind: 'error', error: 'interrupted' });
      this.#mode = { at: 'head', head: [] };
      return;
    }
    if (byte === this.#framing.end) {
      this.#complete(splitHead(head, this.#framing.separator), frames);
      return;
    }
    if (byte < 0x20 || byte > 0x7e) return this.#fail(hasStartLine(splitHead(head, this.#framing.separator), this.#size) ? 'bad-download' : 'not-text', frames);
    if (head.length >= longestHead) return this.#fail('head-too-long', frames);
    head.push(byte);
    if (byte === this.#framing.separator) this.#maybeDownload(head, frames);
  }

  #maybeDownload(head: readonly number[], frames: ParsedFrame[]): void {
    const { name, params } = splitHead(head, this.#framing.separator);
    if (unknownDownloads.has(name)) {
      frames.push({ kind: 'error', error: 'unknown-download' });
      this.#mode = { at: 'skip-download', ended: false };
      return;
    }
    if (name !== 'Db' && name !== 'Dbc') return;
    const wanted = name === 'Db' ? 2 : hasStartLine({ name, params }, this.#size) ? 4 : 3;
    if (params.length !== wanted) return;
    const length = downloadLength(name, params, this.#size);
    if (length === null) this.#fail('bad-download', frames);
    else {
      this.#mode = { at: 'payload', head, payload: new Uint8Array(length), filled: 0 };
      frames.push({ kind: 'download' });
    }
  }

  #fill(mode: Extract<Mode, { at: 'payload' }>, bytes: Uint8Array, at: number): number {
    const part = bytes.subarray(at, at + mode.payload.length - mode.filled);
    mode.payload.set(part, mode.filled);
    mode.filled += part.length;
    if (mode.filled === mode.payload.length) {
      this.#mode = { at: 'payload-end', command: { ...splitHead(mode.head, this.#framing.separator), payload: mode.payload } };
    }
    return at + part.length;
  }

  #complete(command: EvolisCommand, frames: ParsedFrame[]): void {
    this.#mode = { at: 'between' };
    this.#afterEnd = true;
    frames.push({ kind: 'command', command });
    if (command.name === 'Psc') this.#framing = parseFraming(command.params) ?? this.#framing;
  }

  #fail(error: FrameError, frames: ParsedFrame[]): void {
    this.#mode = { at: 'skip' };
    frames.push({ kind: 'error', error });
  }
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** Name and parameters; one separator at the end is tolerated. */
function splitHead(head: readonly number[], separator: number): { readonly name: string; readonly params: readonly string[] } {
  const text = String.fromCharCode(...head);
  const mark = String.fromCharCode(separator);
  const [name = '', ...params] = (text.endsWith(mark) ? text.slice(0, -1) : text).split(mark);
  return { name, params };
}

/**
 * The guide's second form names a start line before the count. A count is at least one byte a line, and a start line is
 * less than the number of lines, so the two are told apart.
 */
function hasStartLine({ name, params }: { readonly name: string; readonly params: readonly string[] }, size: RasterSize): boolean {
  const third = params[2] ?? '';
  return name === 'Dbc' && /^\d{1,4}$/.test(third) && Number(third) < size.lines;
}

function downloadLength(name: 'Db' | 'Dbc', params: readonly string[], size: RasterSize): number | null {
  const panel = params[0] ?? '';
  if (!isEvolisPanel(panel)) return null;
  const levels = parseLevels(panel, params[1] ?? '');
  if (levels === null) return null;
  if (name === 'Db') return packedLength(size, levels);
  const count = params.at(-1) ?? '';
  if (!/^[1-9]\d{0,7}$/.test(count)) return null;
  return Number(count) <= 2 * size.lines * size.dotsPerLine ? Number(count) : null;
}
