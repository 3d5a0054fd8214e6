import type { OrderQueue, QueueCounts, QueuedOrder } from '../../../../queue/bullmq/work-queue.ts';

/** The work queue's contract in memory: the lowest priority first, of one priority the first to come. */
export class MemoryQueue implements OrderQueue {
  readonly #jobs = new Map<string, { priority: number; readonly arrival: number }>();
  #arrivals = 0;

  get orderIds(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /** The order that a worker would be given now. */
  next(): string | null {
    const [first] = [...this.#jobs].toSorted(([, one], [, other]) => one.priority - other.priority || one.arrival - other.arrival);
    return first?.[0] ?? null;
  }

  async enqueue({ orderId, priority }: QueuedOrder): Promise<void> {
    const known = this.#jobs.get(orderId);
    if (known !== undefined) known.priority = priority;
    else this.#jobs.set(orderId, { priority, arrival: (this.#arrivals += 1) });
  }

  async enqueueAll(orders: readonly QueuedOrder[]): Promise<void> {
    for (const order of orders) await this.enqueue(order);
  }

  async remove(orderId: string): Promise<boolean> {
    return this.#jobs.delete(orderId);
  }

  async counts(): Promise<QueueCounts> {
    return { waiting: this.#jobs.size, active: 0, delayed: 0, failed: 0 };
  }

  async nextPriority(): Promise<number | null> {
    return this.#jobs.get(this.next() ?? '')?.priority ?? null;
  }

  async returnAbandoned(): Promise<number> {
    return 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#jobs.clear();
  }
}
