import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** How far a batch is: cards done, cards in all, and what happens to the one in the machine. */
export interface BatchProgress {
  readonly done: number;
  readonly total: number;
  readonly now: string;
}

/** Where the lines of a batch and its progress bar go. Without a terminal only the lines are written. */
export interface BatchScreen extends Disposable {
  line(text: string): void;
  progress(progress: BatchProgress): void;
}

/** A screen on standard output; `quiet` writes nothing at all, for `--json`. */
export function openBatchScreen(quiet: boolean): BatchScreen {
  if (quiet) return { line: () => undefined, progress: () => undefined, [Symbol.dispose]: () => undefined };
  if (!process.stdout.isTTY) return { line: (text) => process.stdout.write(`${text}\n`), progress: () => undefined, [Symbol.dispose]: () => undefined };
  return new BarScreen();
}

class BarScreen implements BatchScreen {
  readonly #bars = new MultiBar({ clearOnComplete: true, hideCursor: true, format: ' {bar} {value}/{total}  {now}', stream: process.stdout }, Presets.shades_classic);
  #bar: SingleBar | null = null;

  line(text: string): void {
    this.#bars.log(`${text}\n`);
  }

  progress({ done, total, now }: BatchProgress): void {
    this.#bar ??= this.#bars.create(total, done, { now });
    this.#bar.update(done, { now });
  }

  [Symbol.dispose](): void {
    this.#bars.stop();
  }
}
