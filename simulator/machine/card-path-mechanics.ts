import type { Clock } from '../../drivers/contracts/clock.ts';
import { beginAct, finishAct, type ActOutcome, type PathAct } from './card-path-acts.ts';
import type { CardMarks } from './card-path-marks.ts';
import { actDurationMs } from './card-path-times.ts';
import type { CardPath } from './card-path.ts';

/**
 * Who keeps the path. `update` replaces it and returns when the new one is kept (on disk, where it shall outlive the
 * process): nobody is told of a change before.
 */
export interface PathHolder<Card> {
  readonly path: CardPath<Card>;
  update(change: (path: CardPath<Card>) => CardPath<Card>): void;
}

export interface MechanicsOptions<Card> {
  readonly holder: PathHolder<Card>;
  readonly clock: Clock;
  /** 1 is real time, 0 no waiting at all. */
  readonly timeFactor: number;
  /** Called once after each act, done or refused, when the holder has kept it. */
  readonly onOutcome?: (act: PathAct, outcome: ActOutcome<Card>) => void;
  /** Awaited while a card is on its way out, before it lies in the hopper: the last moment its marks are known. */
  readonly onLeaving?: (card: Card, marks: CardMarks, to: 'output' | 'reject') => Promise<void>;
}

/**
 * Runs acts one after the other in real time. What was begun is finished whoever asked and whether they still listen:
 * a printer finishes an accepted command when its host dies. Several fronts may share one.
 */
export class Mechanics<Card> {
  readonly holder: PathHolder<Card>;
  readonly clock: Clock;
  readonly timeFactor: number;
  readonly #options: MechanicsOptions<Card>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MechanicsOptions<Card>) {
    this.#options = options;
    this.holder = options.holder;
    this.clock = options.clock;
    this.timeFactor = options.timeFactor;
  }

  /** Queues an act and resolves with its outcome when it is over. */
  async perform(act: PathAct): Promise<ActOutcome<Card>> {
    const mine = this.#last.then(async () => this.#run(act));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Waits scaled model time; nothing interrupts it. */
  async pass(durationMs: number): Promise<void> {
    const scaledMs = durationMs * this.timeFactor;
    if (scaledMs > 0) await this.clock.sleep(scaledMs, new AbortController().signal);
  }

  /** Resolves when every act queued so far is over. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #run(act: PathAct): Promise<ActOutcome<Card>> {
    const { holder } = this;
    const begun = beginAct(holder.path, act);
    holder.update(() => begun.path);
    if (begun.refusal !== null) {
      return this.#tell(act, { done: false, refusal: begun.refusal, card: begun.path.inside?.card ?? null, concealed: false });
    }
    const leaving = act.kind === 'leave' ? begun.path.inside : null;
    await Promise.all([
      this.pass(actDurationMs(act)),
      leaving === null || act.kind !== 'leave' ? undefined : this.#options.onLeaving?.(leaving.card, leaving.marks, act.to),
    ]);
    const finished = finishAct(holder.path, act, begun.from);
    holder.update(() => finished.path);
    return this.#tell(act, finished.outcome);
  }

  #tell(act: PathAct, outcome: ActOutcome<Card>): ActOutcome<Card> {
    this.#options.onOutcome?.(act, outcome);
    return outcome;
  }
}

/** Keeps a path in memory only. */
export class MemoryPathHolder<Card> implements PathHolder<Card> {
  #path: CardPath<Card>;

  constructor(path: CardPath<Card>) {
    this.#path = path;
  }

  get path(): CardPath<Card> {
    return this.#path;
  }

  update(change: (path: CardPath<Card>) => CardPath<Card>): void {
    this.#path = change(this.#path);
  }
}
