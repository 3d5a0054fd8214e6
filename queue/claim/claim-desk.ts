import type { Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Outcome } from '../journal/journal-entry.ts';
import type { Journal } from '../journal/journal.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import type { ClaimAnswer, Claims, EndedOrder, OwnedOrder } from './claims.ts';

export interface ClaimDeskOptions {
  readonly claims: Claims;
  readonly journal: Pick<Journal, 'owned' | 'highestFence'>;
  readonly stationId: string;
  /** The connection whose return after an outage makes the station publish again. */
  readonly link: RedisLink;
  readonly publishTimeoutMs: number;
  /** Asked of a server before this station lifts its barrier: after a failover it may be another one. Throws `QUE-UNSAFE`. */
  readonly requireSafe: (limit: Wait) => Promise<void>;
  readonly onError: (error: Error) => void;
}

/**
 * One station's dealings with the claim server. It tells the server what the station owns before the first claim and
 * after every return of the connection, so that an idle station does not keep the others at the barrier. What was
 * claimed and is not yet in the journal is told as well: otherwise a server that forgets between claim and first
 * record would give the order away. A server that is not safe is told nothing: it keeps its barrier up until it is
 * mended or another takes its place. Calls run one after another.
 */
export interface ClaimDesk extends AsyncDisposable {
  /** As `Claims.claim`, after publishing when the server waits for this station. */
  claim(orderId: string, limit: Wait): Promise<ClaimAnswer>;
  finish(orderId: string, fence: number, outcome: Outcome, limit: Wait): Promise<void>;
  /** As `Claims.ended`; waits for no turn, as it changes nothing. */
  ended(orderIds: readonly string[], limit: Wait): Promise<ReadonlyMap<string, EndedOrder>>;
  release(orderId: string, fence: number, limit: Wait): Promise<void>;
  passOn(orderId: string, fence: number, attempt: number, limit: Wait): Promise<boolean>;
  /** Throws `QUE-UNSAFE`: then the server was told nothing. */
  publish(limit: Wait): Promise<void>;
}

export function openClaimDesk(options: ClaimDeskOptions): ClaimDesk {
  return new SerialClaimDesk(options);
}

class SerialClaimDesk implements ClaimDesk {
  readonly #options: ClaimDeskOptions;
  readonly #inHand = new Map<string, number>();
  readonly #closing = new AbortController();
  readonly #onReady: () => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ClaimDeskOptions) {
    this.#options = options;
    this.#onReady = () => {
      this.publish({ signal: this.#closing.signal, timeoutMs: options.publishTimeoutMs }).catch((error: unknown) => {
        if (!this.#closing.signal.aborted) options.onError(error instanceof Error ? error : new Error(String(error)));
      });
    };
    options.link.client.on('ready', this.#onReady);
  }

  async claim(orderId: string, limit: Wait): Promise<ClaimAnswer> {
    const { claims, stationId } = this.#options;
    return this.#inTurn(async () => {
      let answer = await claims.claim(orderId, limit);
      if (answer.kind === 'barrier' && answer.waitingFor.includes(stationId)) {
        if (!(await this.#publishIfSafe(limit))) return answer;
        answer = await claims.claim(orderId, limit);
      }
      if (answer.kind === 'claimed') this.#inHand.set(orderId, answer.fence);
      return answer;
    });
  }

  async finish(orderId: string, fence: number, outcome: Outcome, limit: Wait): Promise<void> {
    return this.#inTurn(async () => {
      await this.#options.claims.finish(orderId, fence, outcome, limit);
      this.#inHand.delete(orderId);
    });
  }

  async ended(orderIds: readonly string[], limit: Wait): Promise<ReadonlyMap<string, EndedOrder>> {
    return this.#options.claims.ended(orderIds, limit);
  }

  async release(orderId: string, fence: number, limit: Wait): Promise<void> {
    return this.#inTurn(async () => {
      await this.#options.claims.release(orderId, fence, limit);
      this.#inHand.delete(orderId);
    });
  }

  async passOn(orderId: string, fence: number, attempt: number, limit: Wait): Promise<boolean> {
    return this.#inTurn(async () => {
      const passed = await this.#options.claims.passOn(orderId, fence, attempt, limit);
      this.#inHand.delete(orderId);
      return passed;
    });
  }

  async publish(limit: Wait): Promise<void> {
    return this.#inTurn(() => this.#publishNow(limit));
  }

  async #publishIfSafe(limit: Wait): Promise<boolean> {
    try {
      await this.#publishNow(limit);
      return true;
    } catch (error) {
      if (!(error instanceof StationFault) || error.code !== 'QUE-UNSAFE') throw error;
      this.#options.onError(error);
      return false;
    }
  }

  async #publishNow(limit: Wait): Promise<void> {
    const { claims, journal, requireSafe } = this.#options;
    await requireSafe(limit);
    const owned = journal.owned();
    const known = new Set(owned.map((order) => order.orderId));
    const onlyClaimed = [...this.#inHand].flatMap(([orderId, fence]): OwnedOrder[] => (known.has(orderId) ? [] : [{ orderId, fence, outcome: null }]));
    await claims.publish([...owned, ...onlyClaimed], journal.highestFence(), limit);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const mine = (async () => {
      await before.catch(() => undefined);
      return work();
    })();
    this.#last = mine;
    return mine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#options.link.client.off('ready', this.#onReady);
    await this.#last.catch(() => undefined);
  }
}
