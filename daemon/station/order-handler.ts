import type { Wait } from '../../drivers/contracts/clock.ts';
import type { HandlerAnswer } from '../../queue/bullmq/work-queue.ts';
import type { AttemptKey, OpenAttempt } from '../../queue/journal/journal-entry.ts';
import { produceOrder, type ProductionResult } from '../produce/produce-order.ts';
import { loadOrder } from './load-order.ts';
import { isTakenBack } from './order-desk.ts';
import { recordBlanks } from './record-blanks.ts';
import { reportOutcome } from './report-outcome.ts';
import { revokeWaiting } from './revoke-certificates.ts';
import type { StationCore, StationQueue } from './station-rooms.ts';

const CLAIM_TIMEOUT_MS = 10_000;
const BARRIER_RETRY_MS = 500;
const FOREIGN_RETRY_MS = 30_000;
const PAUSED_RETRY_MS = 5_000;
/** How long an order that was passed on is left to the other stations. */
const PASSED_ON_MS = 1_000;
/** How long it is left to them, before this station makes the next card after all. */
const LEAVE_TO_OTHERS_MS = 20_000;
/** When an order of another station is looked for again whose parcel is not there. */
const ABSENT_RETRY_MS = 10_000;

/** This station's right to an order, and the blanks that others used for it. */
interface OwnClaim {
  readonly fence: number;
  readonly attemptsBefore?: number;
}

/** What became of a wake-up: the production's result, or why nothing was done. */
export type WorkResult = ProductionResult | { readonly kind: 'already'; readonly outcome: string } | { readonly kind: 'foreign'; readonly station: string };

/** Who is told of each wake-up that came to an end. */
export type WorkListener = (orderId: string, result: WorkResult) => void;

/**
 * The queue's handler: from wake-up to report. A job is no permission: the claim decides whose the order is, the journal
 * how far it is. A paused station takes no order; what it was woken for comes back later.
 */
export class OrderHandler {
  readonly #core: StationCore;
  readonly #queue: StationQueue;
  readonly #listener: WorkListener;
  readonly #signal: AbortSignal;
  /** Orders that others shall make, and until when (steady time). */
  readonly #passedOn = new Map<string, number>();
  #paused = false;

  constructor(core: StationCore, queue: StationQueue, listener: WorkListener, signal: AbortSignal) {
    this.#core = core;
    this.#queue = queue;
    this.#listener = listener;
    this.#signal = signal;
  }

  /** Whether the machine waits for a person. */
  get paused(): boolean {
    return this.#paused;
  }

  resume(): void {
    this.#paused = false;
  }

  async handle(orderId: string): Promise<HandlerAnswer> {
    if (this.#paused) return { deferMs: PAUSED_RETRY_MS };
    const begun = this.#begun();
    if (begun !== null) {
      const answer = await this.#produce(begun.orderId, begun);
      if (this.#paused || begun.orderId === orderId) return answer;
    }
    const known = this.#core.journal.outcomeOf(orderId);
    if (known !== null && known.outcome !== 'again') return this.#tell(orderId, { kind: 'already', outcome: known.outcome });
    if (this.#isTakenBack(orderId) && this.#core.journal.recordsOf(orderId).length === 0) return this.#tell(orderId, { kind: 'already', outcome: 'refused' });
    if ((this.#passedOn.get(orderId) ?? 0) > this.#core.clock.steady()) return { deferMs: PASSED_ON_MS };
    this.#passedOn.delete(orderId);
    const { site } = this.#queue;
    const found = site === undefined ? 'own' : await site.look(orderId, this.#wait());
    if (found === 'absent') return { deferMs: ABSENT_RETRY_MS };
    if (found === 'withdrawn' || found === 'cannot') return 'done';
    const answer = await this.#queue.claims.claim(orderId, this.#wait());
    switch (answer.kind) {
      case 'barrier':
        return { deferMs: BARRIER_RETRY_MS };
      case 'foreign':
        this.#listener(orderId, { kind: 'foreign', station: answer.station });
        return { deferMs: FOREIGN_RETRY_MS };
      case 'done':
        return this.#tell(orderId, { kind: 'already', outcome: answer.outcome });
      case 'claimed':
        if (found !== 'own' && site?.take(found) === false) {
          await this.#queue.claims.release(orderId, answer.fence, this.#wait());
          return { deferMs: FOREIGN_RETRY_MS };
        }
        return this.#produce(orderId, answer);
    }
  }

  /**
   * The attempt that this station has begun and not ended, but for one that waits for an answer. It goes on before
   * anything else and asks the claim server nothing, whatever woke the station: a second card in the machine beside an
   * open attempt would be taken for its own.
   */
  #begun(): OpenAttempt | null {
    return this.#core.journal.openAttempts().find(({ records }) => records.at(-1)?.entry.kind !== 'held') ?? null;
  }

  async #produce(orderId: string, claim: OwnClaim): Promise<HandlerAnswer> {
    const { fence } = claim;
    const result = await this.#watched(orderId, claim);
    if (result.kind !== 'settled') recordBlanks(this.#core, orderId);
    if (result.kind === 'paused') this.#paused = true;
    if (result.kind === 'settled') await reportOutcome(this.#core, this.#queue.claims, { orderId, attempt: result.attempt, fence }, result.outcome, this.#wait());
    await revokeWaiting(this.#core, this.#signal);
    if (result.kind === 'settled') await this.#queue.site?.leave(orderId, this.#wait());
    if (result.kind === 'passed-on') return this.#passOn(orderId, { orderId, fence, attempt: result.attempt }, result);
    if (result.kind === 'held' && !this.#isTakenBack(orderId)) this.#core.store.setState(orderId, 'HELD', { reasons: ['QC-UNKNOWN-OUTCOME'] });
    this.#listener(orderId, result);
    return result.kind === 'paused' ? { deferMs: PAUSED_RETRY_MS } : 'done';
  }

  /** The scrap is in the journal and told before anybody else may begin. Where the claim is not ours any more, nothing is given away. */
  async #passOn(orderId: string, key: AttemptKey, result: WorkResult): Promise<HandlerAnswer> {
    this.#core.store.setState(orderId, 'QUEUED');
    this.#passedOn.set(orderId, this.#core.clock.steady() + LEAVE_TO_OTHERS_MS);
    await this.#queue.claims.passOn(orderId, key.fence, key.attempt, this.#wait());
    this.#core.journal.append(key, { kind: 'reported', outcome: 'again' });
    this.#listener(orderId, result);
    return { deferMs: PASSED_ON_MS };
  }

  /** Other stations of the site may take the order back while it is made here. */
  async #watched(orderId: string, claim: OwnClaim): Promise<ProductionResult> {
    const { site } = this.#queue;
    if (site === undefined) return this.#tryProduce(orderId, claim);
    const over = new AbortController();
    const watching = site.watch(orderId, () => { this.#core.store.setState(orderId, 'WITHDRAWN', { reasons: ['ORD-WITHDRAWN'] }); }, AbortSignal.any([over.signal, this.#signal]));
    try {
      return await this.#tryProduce(orderId, claim);
    } finally {
      over.abort();
      await watching;
    }
  }

  async #tryProduce(orderId: string, { fence, attemptsBefore = 0 }: OwnClaim): Promise<ProductionResult> {
    const { site } = this.#queue;
    const loaded = loadOrder(this.#core, orderId, fence, this.#signal);
    if (!this.#isTakenBack(orderId)) this.#core.store.setState(orderId, 'IN_PRODUCTION');
    const passOn = site === undefined ? {} : { passOn: () => site.passesOn(orderId, this.#signal) };
    return produceOrder(this.#core.parts, { ...loaded.claimed, attemptsBefore, ...passOn }, loaded.kind, this.#signal);
  }

  /** What is open of it is ended by the order machine; where nothing was begun, nothing is to be done. */
  #isTakenBack(orderId: string): boolean {
    return isTakenBack(this.#core.store, orderId);
  }

  #tell(orderId: string, result: WorkResult): HandlerAnswer {
    this.#listener(orderId, result);
    return 'done';
  }

  #wait(): Wait {
    return { signal: this.#signal, timeoutMs: CLAIM_TIMEOUT_MS };
  }
}
