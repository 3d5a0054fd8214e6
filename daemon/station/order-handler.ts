import type { Wait } from '../../drivers/contracts/clock.ts';
import type { HandlerAnswer } from '../../queue/bullmq/work-queue.ts';
import type { OpenAttempt } from '../../queue/journal/journal-entry.ts';
import { produceOrder, type ProductionResult } from '../produce/produce-order.ts';
import { loadOrder } from './load-order.ts';
import { recordBlanks } from './record-blanks.ts';
import { reportOutcome } from './report-outcome.ts';
import { revokeWaiting } from './revoke-certificates.ts';
import type { StationCore, StationQueue } from './station-rooms.ts';

const CLAIM_TIMEOUT_MS = 10_000;
const BARRIER_RETRY_MS = 500;
const FOREIGN_RETRY_MS = 30_000;
const PAUSED_RETRY_MS = 5_000;

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

  async #produce(orderId: string, { fence }: { readonly fence: number }): Promise<HandlerAnswer> {
    const result = await this.#tryProduce(orderId, fence);
    if (result.kind !== 'settled') recordBlanks(this.#core, orderId);
    if (result.kind === 'paused') this.#paused = true;
    if (result.kind === 'settled') await reportOutcome(this.#core, this.#queue.claims, { orderId, attempt: result.attempt, fence }, result.outcome, this.#wait());
    await revokeWaiting(this.#core, this.#signal);
    if (result.kind === 'held' && !this.#isTakenBack(orderId)) this.#core.store.setState(orderId, 'HELD', { reasons: ['QC-UNKNOWN-OUTCOME'] });
    this.#listener(orderId, result);
    return result.kind === 'paused' ? { deferMs: PAUSED_RETRY_MS } : 'done';
  }

  async #tryProduce(orderId: string, fence: number): Promise<ProductionResult> {
    const loaded = loadOrder(this.#core, orderId, fence, this.#signal);
    if (!this.#isTakenBack(orderId)) this.#core.store.setState(orderId, 'IN_PRODUCTION');
    return produceOrder(this.#core.parts, loaded.claimed, loaded.kind, this.#signal);
  }

  /** What is open of it is ended by the order machine; where nothing was begun, nothing is to be done. */
  #isTakenBack(orderId: string): boolean {
    return this.#core.store.summaryOf(orderId)?.state === 'WITHDRAWN';
  }

  #tell(orderId: string, result: WorkResult): HandlerAnswer {
    this.#listener(orderId, result);
    return 'done';
  }

  #wait(): Wait {
    return { signal: this.#signal, timeoutMs: CLAIM_TIMEOUT_MS };
  }
}
