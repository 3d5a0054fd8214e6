import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { PlasticEvent } from './plastic-event.ts';

/** A line of the machine's account of its plastic. `seq` counts from 1 without gaps; `at` is milliseconds since 1970 UTC. */
export interface PlasticRecord {
  readonly seq: number;
  readonly at: number;
  readonly event: PlasticEvent;
}

/** Reads an account. Throws when a line is not whole JSON or a number is missing: such an account proves nothing. */
export function readPlasticLog(path: string): readonly PlasticRecord[] {
  const records = readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as PlasticRecord);
  records.forEach((record, index) => {
    if (record.seq !== index + 1) throw new Error(`the account of the plastic has record ${record.seq} in place ${index + 1}`);
  });
  return records;
}

/** The append-only account of what happened to every blank; a line that was told is on the disk. */
export class PlasticLog implements Disposable {
  readonly #file: number;
  #lastSeq: number;

  private constructor(file: number, lastSeq: number) {
    this.#file = file;
    this.#lastSeq = lastSeq;
  }

  /** Opens or begins an account. A last line that a dying machine did not finish is cut off: what it told is still in the plastic file. */
  static open(path: string): PlasticLog {
    if (!existsSync(path)) return new PlasticLog(openSync(path, 'a'), 0);
    const bytes = readFileSync(path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) truncateSync(path, whole);
    const { length } = readPlasticLog(path);
    return new PlasticLog(openSync(path, 'a'), length);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Adds the records that follow its last one; those it has already are passed over. */
  append(records: readonly PlasticRecord[]): void {
    const fresh = records.filter(({ seq }) => seq > this.#lastSeq);
    const last = fresh.at(-1);
    if (last === undefined) return;
    writeFileSync(this.#file, fresh.map((record) => `${JSON.stringify(record)}\n`).join(''));
    fsyncSync(this.#file);
    this.#lastSeq = last.seq;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
