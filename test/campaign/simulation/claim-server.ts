import type { Wait } from '../../../drivers/contracts/clock.ts';
import { StationFault } from '../../../drivers/contracts/fault.ts';
import type { ClaimAnswer, Claims, EndedOrder, OwnedOrder } from '../../../queue/claim/claims.ts';
import type { Outcome } from '../../../queue/journal/journal-entry.ts';
import { isFinal } from '../../../queue/journal/journal-fold.ts';

interface Claim {
  readonly fence: number;
  readonly station: string;
}

/** All that a claim server keeps. */
export interface ClaimMemory {
  readonly claims: ReadonlyMap<string, Claim>;
  readonly done: ReadonlyMap<string, Claim & { readonly outcome: Outcome }>;
  readonly attempts: ReadonlyMap<string, number>;
  readonly fence: number;
  readonly barrier: { readonly run: number; readonly stations: ReadonlySet<string> };
}

/**
 * A claim server in memory, for simulations: it answers as the scripts on Redis do, which `test/contracts/claims.test.ts`
 * holds both to. It can restart, forget everything, and be put back to what it once knew.
 */
export class ClaimServer {
  up = true;
  #run = 1;
  #claims = new Map<string, Claim>();
  #done = new Map<string, Claim & { readonly outcome: Outcome }>();
  #attempts = new Map<string, number>();
  #fence = 0;
  #barrier: { run: number; stations: Set<string> } = { run: 0, stations: new Set() };

  get fence(): number {
    return this.#fence;
  }

  get run(): number {
    return this.#run;
  }

  restart(): void {
    this.#run += 1;
  }

  forgetAll(): void {
    this.rollBack({ claims: new Map(), done: new Map(), attempts: new Map(), fence: 0, barrier: { run: 0, stations: new Set() } });
  }

  remember(): ClaimMemory {
    return { claims: new Map(this.#claims), done: new Map(this.#done), attempts: new Map(this.#attempts), fence: this.#fence, barrier: { run: this.#barrier.run, stations: new Set(this.#barrier.stations) } };
  }

  /** What a server does that is started on an older copy of its data. */
  rollBack({ claims, done, attempts, fence, barrier }: ClaimMemory): void {
    this.#claims = new Map(claims);
    this.#done = new Map(done);
    this.#attempts = new Map(attempts);
    this.#fence = fence;
    this.#barrier = { run: barrier.run, stations: new Set(barrier.stations) };
    this.restart();
  }

  missing(stations: readonly string[]): readonly string[] {
    return stations.filter((station) => this.#barrier.run !== this.#run || !this.#barrier.stations.has(station));
  }

  claim(orderId: string, station: string, stations: readonly string[]): ClaimAnswer {
    const done = this.#done.get(orderId);
    if (done !== undefined) return { kind: 'done', outcome: done.outcome, station: done.station };
    const waitingFor = this.missing(stations);
    if (waitingFor.length > 0) return { kind: 'barrier', waitingFor };
    const held = this.#claims.get(orderId);
    if (held !== undefined) return held.station === station ? this.#claimed(orderId, held.fence) : { kind: 'foreign', station: held.station };
    this.#fence += 1;
    this.#claims.set(orderId, { fence: this.#fence, station });
    return this.#claimed(orderId, this.#fence);
  }

  #claimed(orderId: string, fence: number): ClaimAnswer {
    const attemptsBefore = this.#attempts.get(orderId) ?? 0;
    return { kind: 'claimed', fence, ...(attemptsBefore > 0 ? { attemptsBefore } : {}) };
  }

  #attempted(orderId: string, attempts: number): void {
    if (attempts > (this.#attempts.get(orderId) ?? 0)) this.#attempts.set(orderId, attempts);
  }

  holds(orderId: string, station: string, fence: number): boolean {
    const held = this.#claims.get(orderId);
    return held?.station === station && held.fence === fence;
  }

  endOf(orderId: string): EndedOrder | null {
    const done = this.#done.get(orderId);
    return done === undefined ? null : { outcome: done.outcome, station: done.station };
  }

  /** False when the order was claimed or finished elsewhere. */
  finish(orderId: string, station: string, fence: number, outcome: Outcome): boolean {
    const done = this.#done.get(orderId);
    if (done !== undefined) return done.station === station && done.fence === fence && done.outcome === outcome;
    if (this.#claims.has(orderId) && !this.holds(orderId, station, fence)) return false;
    if (isFinal(outcome)) {
      this.#done.set(orderId, { fence, station, outcome });
      this.#claims.delete(orderId);
      this.#attempts.delete(orderId);
    } else this.#claims.set(orderId, { fence, station });
    return true;
  }

  release(orderId: string, station: string, fence: number): void {
    if (this.holds(orderId, station, fence)) this.#claims.delete(orderId);
  }

  passOn(orderId: string, station: string, fence: number, attempt: number): boolean {
    if (!this.holds(orderId, station, fence)) return false;
    this.#attempted(orderId, attempt);
    this.#claims.delete(orderId);
    return true;
  }

  publish(station: string, owned: readonly OwnedOrder[], highestFence: number): void {
    for (const { orderId, fence, outcome, attempt = 0 } of owned) {
      if (this.#done.has(orderId)) continue;
      if (outcome !== null && isFinal(outcome)) {
        this.#done.set(orderId, { fence, station, outcome });
        this.#claims.delete(orderId);
        this.#attempts.delete(orderId);
        continue;
      }
      this.#attempted(orderId, attempt);
      if ((this.#claims.get(orderId)?.fence ?? -1) < fence) this.#claims.set(orderId, { fence, station });
    }
    if (this.#barrier.run !== this.#run) this.#barrier = { run: this.#run, stations: new Set() };
    this.#fence = Math.max(this.#fence, highestFence, ...owned.map(({ fence }) => fence));
    this.#barrier.stations.add(station);
  }
}

/** One station's way to the server, as the product's contract has it. */
export function claimsOn(server: ClaimServer, station: string, stations: readonly string[]): Claims {
  const ask = async <T>({ signal }: Wait, act: () => T): Promise<T> => {
    if (signal.aborted) throw new StationFault('STA-ABORTED');
    if (!server.up) throw new StationFault('QUE-UNAVAILABLE');
    return act();
  };
  return {
    claim: (orderId, limit) => ask(limit, () => server.claim(orderId, station, stations)),
    holds: (orderId, fence, limit) => ask(limit, () => server.holds(orderId, station, fence)),
    finish: (orderId, fence, outcome, limit) => ask(limit, () => {
      if (!server.finish(orderId, station, fence, outcome)) throw new StationFault('QUE-FENCED');
    }),
    ended: (orderIds, limit) => ask(limit, () => new Map(orderIds.flatMap((orderId) => { const end = server.endOf(orderId); return end === null ? [] : [[orderId, end] as const]; }))),
    passOn: (orderId, fence, attempt, limit) => ask(limit, () => server.passOn(orderId, station, fence, attempt)),
    release: (orderId, fence, limit) => ask(limit, () => server.release(orderId, station, fence)),
    publish: (owned, highestFence, limit) => ask(limit, () => server.publish(station, owned, highestFence)),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
