import { fieldValue, type MagicardSide } from '../../drivers/codec/magicard-job.ts';
import { cutFromField, fromPlaneLevels, unpackPlane, type MagicardPlane } from '../../drivers/codec/magicard-raster.ts';
import type { Ink } from '../../drivers/contracts/card-image.ts';
import type { PathAct, Refusal } from '../machine/card-path-acts.ts';
import type { Mechanics } from '../machine/card-path-mechanics.ts';

/** Numbers of the errors. No public text tells a real printer's; these only tell one from another. */
const errorNumbers: Readonly<Record<Refusal, number>> = {
  'feeder-empty': 1,
  jam: 2,
  'cover-open': 3,
  'output-full': 4,
  'reject-full': 5,
  'card-inside': 6,
  'no-card': 7,
  'ribbon-missing': 8,
  'ribbon-end': 9,
  'ribbon-wrong': 10,
  'head-hot': 11,
  'need-cleaning': 12,
};

const inks: Readonly<Record<MagicardPlane, Ink>> = { B: 'y', G: 'm', R: 'c', K: 'k' };
const printOrder: readonly MagicardPlane[] = ['B', 'G', 'R', 'K'];

/** A job that is printed: acts that are still to be done. */
interface RunningJob {
  readonly acts: readonly PathAct[];
}

/**
 * The print engine of a Magicard: takes whole sides, prints when the card is complete, puts the card out by itself.
 * An error stops the job until the host goes on with it (`OKY`) or gives it up (`CAN`).
 */
export class MagicardEngine<Card> {
  readonly #mechanics: Mechanics<Card>;
  readonly #duplex: boolean;
  #front: MagicardSide | null = null;
  #stopped: RunningJob | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  error: Refusal | null = null;

  constructor(mechanics: Mechanics<Card>, duplex: boolean) {
    this.#mechanics = mechanics;
    this.#duplex = duplex;
  }

  get errorNumber(): number {
    return this.error === null ? 0 : errorNumbers[this.error];
  }

  /** Takes a side; false when it does not fit the printer or the job so far. Printing goes on when this has returned. */
  accept(side: MagicardSide): boolean {
    const duplex = fieldValue(side.fields, 'DPX') === 'ON';
    const page = fieldValue(side.fields, 'PAG');
    if (duplex && !this.#duplex) return false;
    if (!duplex) {
      this.#front = null;
      this.#begin([side]);
      return true;
    }
    if (page === '1') {
      this.#front = side;
      return true;
    }
    if (page !== '2' || this.#front === null) return false;
    this.#begin([this.#front, side]);
    this.#front = null;
    return true;
  }

  /** Goes on with the job that an error stopped. */
  retry(): void {
    const stopped = this.#stopped;
    this.#stopped = null;
    this.error = null;
    if (stopped !== null) this.#queue(stopped.acts);
  }

  /** Gives the job up that an error stopped; a card inside stays there until it is ejected. */
  cancel(): void {
    this.#stopped = null;
    this.error = null;
  }

  eject(): void {
    this.#queue([{ kind: 'leave', to: 'output' }]);
  }

  clean(): void {
    this.#queue([{ kind: 'clean' }]);
  }

  restart(): void {
    this.#front = null;
    this.#stopped = null;
    this.error = null;
  }

  /** Resolves when everything accepted so far is done or stopped. */
  async idle(): Promise<void> {
    await this.#turn;
    await this.#mechanics.idle();
  }

  #begin(sides: readonly MagicardSide[]): void {
    const taken = this.#mechanics.holder.path.inside === null ? 'take' : 'move';
    this.#queue([{ kind: taken, to: 'print' }, { kind: 'synchronise' }, ...sides.flatMap((side, index) => [...(index === 1 ? [{ kind: 'flip' } as const] : []), ...marksOf(side)]), { kind: 'leave', to: 'output' }]);
  }

  #queue(acts: readonly PathAct[]): void {
    this.#turn = this.#turn.then(async () => this.#run(acts));
  }

  async #run(acts: readonly PathAct[]): Promise<void> {
    if (this.error !== null) return;
    for (const [index, act] of acts.entries()) {
      const outcome = await this.#mechanics.perform(act);
      if (outcome.done || outcome.concealed) continue;
      this.error = outcome.refusal;
      this.#stopped = { acts: acts.slice(index) };
      return;
    }
  }
}

/** Panels of a side in the order of the ribbon; the overcoat, where it is on, covers the whole card. */
function marksOf(side: MagicardSide): readonly PathAct[] {
  const marks = printOrder.flatMap((plane): readonly PathAct[] => {
    const data = side.planes[plane];
    const levels = data === undefined ? null : unpackPlane(plane, data);
    if (levels === null) return [];
    return [{ kind: 'mark', ink: inks[plane], dots: cutFromField(plane === 'K' ? levels : fromPlaneLevels(levels)) }];
  });
  if (fieldValue(side.fields, 'OVR') !== 'ON') return marks;
  const [first] = marks;
  const size = first?.kind === 'mark' ? first.dots.length : 1016 * 648;
  return [...marks, { kind: 'mark', ink: 'overlay', dots: new Uint8Array(size).fill(1) }];
}
