/** How long a job stays with a station that does not renew it, and how long one that was put off waits, in milliseconds of the server's clock. */
const lockMs = 90_000;
const putOffMs = 30_000;

type Job =
  | { readonly state: 'waiting' }
  | { readonly state: 'active'; readonly by: string; readonly until: number }
  | { readonly state: 'delayed'; readonly until: number };

/**
 * The work queue of a simulation: delivers each order at least once. Its locks run out by the server's clock, so that a
 * frozen station or a jump of that clock gives an order to a second station; a rollback brings old jobs back.
 */
export class SimulatedQueue {
  #jobs = new Map<string, Job>();

  /** A job that is there already is not added again; one that was put off comes at once. */
  add(orderIds: Iterable<string>): void {
    for (const orderId of orderIds) if (this.#jobs.get(orderId)?.state !== 'active') this.#jobs.set(orderId, { state: 'waiting' });
  }

  take(by: string, now: number): string | null {
    for (const [orderId, job] of this.#jobs) {
      if (job.state !== 'waiting' && job.until > now) continue;
      this.#jobs.set(orderId, { state: 'active', by, until: now + lockMs });
      return orderId;
    }
    return null;
  }

  renew(orderId: string, by: string, now: number): void {
    if (this.#isOf(orderId, by)) this.#jobs.set(orderId, { state: 'active', by, until: now + lockMs });
  }

  complete(orderId: string, by: string): void {
    if (this.#isOf(orderId, by)) this.#jobs.delete(orderId);
  }

  putOff(orderId: string, by: string, now: number): void {
    if (this.#isOf(orderId, by)) this.#jobs.set(orderId, { state: 'delayed', until: now + putOffMs });
  }

  /** What a station does at its start with jobs that its former life took. */
  handBack(by: string): void {
    for (const orderId of this.#jobs.keys()) if (this.#isOf(orderId, by)) this.#jobs.set(orderId, { state: 'waiting' });
  }

  remember(): ReadonlyMap<string, Job> {
    return new Map(this.#jobs);
  }

  rollBack(jobs: ReadonlyMap<string, Job>): void {
    this.#jobs = new Map(jobs);
  }

  #isOf(orderId: string, by: string): boolean {
    const job = this.#jobs.get(orderId);
    return job?.state === 'active' && job.by === by;
  }
}
