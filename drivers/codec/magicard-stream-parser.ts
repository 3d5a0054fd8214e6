import { fieldValue, magicard, splitFields, type MagicardSide } from './magicard-job.ts';
import { planeLength, type MagicardPlane } from './magicard-raster.ts';

/** Why bytes were nothing of the language. */
export type MagicardFrameError = 'no-start' | 'header-too-long' | 'not-text' | 'bad-plane-size' | 'bad-plane-mark' | 'no-end';

/** What a host sent: a question or an acting command (their words), one side of a job, or something else. */
export type MagicardFrame =
  | { readonly kind: 'command'; readonly words: readonly string[] }
  | { readonly kind: 'plane' }
  | { readonly kind: 'side'; readonly side: MagicardSide }
  | { readonly kind: 'error'; readonly error: MagicardFrameError };

interface PlaneTask {
  readonly plane: MagicardPlane;
  readonly data: Uint8Array;
}

type Mode =
  | { readonly at: 'between' }
  | { readonly at: 'header'; readonly bytes: number[] }
  | { readonly at: 'command-end'; readonly words: readonly string[] }
  | { readonly at: 'plane'; readonly fields: readonly string[]; readonly done: readonly PlaneTask[]; readonly todo: readonly PlaneTask[]; filled: number }
  | { readonly at: 'mark'; readonly fields: readonly string[]; readonly done: readonly PlaneTask[]; readonly todo: readonly PlaneTask[]; seen: number }
  | { readonly at: 'side-end'; readonly fields: readonly string[]; readonly done: readonly PlaneTask[] };

const longestHeader = 2048;
const planeLetters: ReadonlySet<string> = new Set<MagicardPlane>(['B', 'G', 'R', 'K']);
const isPlane = (text: string): text is MagicardPlane => planeLetters.has(text);

/**
 * The strict incremental reader of a Magicard's input. Memory is bounded by one header and the four planes of a side.
 * After an error everything up to the next 05 or 01 is skipped.
 */
export class MagicardStreamParser {
  #mode: Mode = { at: 'between' };
  #skipping = false;

  push(bytes: Uint8Array): MagicardFrame[] {
    const frames: MagicardFrame[] = [];
    for (let at = 0; at < bytes.length;) {
      const mode = this.#mode;
      if (mode.at === 'plane') {
        at = this.#fill(mode, bytes, at, frames);
      } else {
        this.#take(mode, bytes[at] ?? 0, frames);
        at += 1;
      }
    }
    return frames;
  }

  #take(mode: Exclude<Mode, { at: 'plane' }>, byte: number, frames: MagicardFrame[]): void {
    switch (mode.at) {
      case 'between': return this.#between(byte, frames);
      case 'header': return this.#header(mode.bytes, byte, frames);
      case 'command-end':
        if (byte !== magicard.end) return this.#fail('no-end', frames);
        frames.push({ kind: 'command', words: mode.words });
        this.#mode = { at: 'between' };
        return;
      case 'mark': return this.#mark(mode, byte, frames);
      case 'side-end':
        if (byte !== magicard.end) return this.#fail('no-end', frames);
        frames.push({ kind: 'side', side: { fields: mode.fields, planes: Object.fromEntries(mode.done.map(({ plane, data }) => [plane, data])) } });
        this.#mode = { at: 'between' };
        return;
    }
  }

  #between(byte: number, frames: MagicardFrame[]): void {
    if (byte === magicard.start) {
      this.#skipping = false;
      this.#mode = { at: 'header', bytes: [] };
    } else if (byte === magicard.lead || byte === 0) this.#skipping = false;
    else if (!this.#skipping) this.#fail('no-start', frames);
  }

  #header(header: number[], byte: number, frames: MagicardFrame[]): void {
    if (byte === magicard.separator) return this.#headerEnds(String.fromCharCode(...header), frames);
    if (byte < 0x20 || byte > 0x7e) return this.#fail('not-text', frames);
    if (header.length >= longestHeader) return this.#fail('header-too-long', frames);
    header.push(byte);
  }

  #headerEnds(text: string, frames: MagicardFrame[]): void {
    const fields = splitFields(text.startsWith(',') ? text.slice(1) : text);
    if (fields[0]?.startsWith('NOC') !== true) {
      this.#mode = { at: 'command-end', words: fields.filter((word) => word !== '') };
      return;
    }
    const todo = planeTasks(fields);
    if (todo === null) return this.#fail('bad-plane-size', frames);
    this.#nextPlane(fields, [], todo, frames);
  }

  #nextPlane(fields: readonly string[], done: readonly PlaneTask[], todo: readonly PlaneTask[], frames: MagicardFrame[]): void {
    if (todo.length === 0) this.#mode = { at: 'side-end', fields, done };
    else {
      this.#mode = { at: 'plane', fields, done, todo, filled: 0 };
      frames.push({ kind: 'plane' });
    }
  }

  #fill(mode: Extract<Mode, { at: 'plane' }>, bytes: Uint8Array, at: number, frames: MagicardFrame[]): number {
    const [task] = mode.todo;
    if (task === undefined) {
      this.#fail('bad-plane-size', frames);
      return at;
    }
    const part = bytes.subarray(at, at + task.data.length - mode.filled);
    task.data.set(part, mode.filled);
    mode.filled += part.length;
    if (mode.filled === task.data.length) this.#mode = { at: 'mark', fields: mode.fields, done: mode.done, todo: mode.todo, seen: 0 };
    return at + part.length;
  }

  /** After a plane: 1C, its letter, a colon. */
  #mark(mode: Extract<Mode, { at: 'mark' }>, byte: number, frames: MagicardFrame[]): void {
    const [task, ...todo] = mode.todo;
    const wanted = [magicard.separator, task?.plane.charCodeAt(0), 0x3a][mode.seen];
    if (task === undefined || byte !== wanted) return this.#fail('bad-plane-mark', frames);
    mode.seen += 1;
    if (mode.seen === 3) this.#nextPlane(mode.fields, [...mode.done, task], todo, frames);
  }

  #fail(error: MagicardFrameError, frames: MagicardFrame[]): void {
    this.#mode = { at: 'between' };
    this.#skipping = true;
    frames.push({ kind: 'error', error });
  }
}

/** The planes that a header announces, in its order; null when one is unknown, named twice, or of another size than its field's. */
function planeTasks(fields: readonly string[]): readonly PlaneTask[] | null {
  const tasks: PlaneTask[] = [];
  for (const field of fields.filter((text) => text.startsWith('SZ'))) {
    const plane = field.slice(2, 3);
    if (!isPlane(plane) || tasks.some((task) => task.plane === plane)) return null;
    if (fieldValue([field], `SZ${plane}`) !== String(planeLength(plane))) return null;
    tasks.push({ plane, data: new Uint8Array(planeLength(plane)) });
  }
  return tasks;
}
