import type { Wait } from '../../drivers/contracts/clock.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { openOrderQueue } from './order-queue.ts';
import type { OrderQueue, QueueCounts, QueuedOrder } from './work-queue.ts';

/** An order queue made of lanes: each lane is a queue that some stations serve. */
export interface LaneQueue extends OrderQueue {
  /** The queue of one lane. */
  lane(name: string): OrderQueue;
}

/**
 * The lanes of a site on one link. An order without a lane goes to the common one; what is asked of the whole queue is
 * asked of every lane that was named here so far.
 */
export function openLaneQueue(link: RedisLink, prefix: string, commonLane: string): LaneQueue {
  return new BullLaneQueue(link, prefix, commonLane);
}

class BullLaneQueue implements LaneQueue {
  readonly #link: RedisLink;
  readonly #prefix: string;
  readonly #commonLane: string;
  readonly #lanes = new Map<string, OrderQueue>();
  /** Where each order was told to, so that one whose lane changes leaves the old one. */
  readonly #toldIn = new Map<string, string>();

  constructor(link: RedisLink, prefix: string, commonLane: string) {
    this.#link = link;
    this.#prefix = prefix;
    this.#commonLane = commonLane;
    this.lane(commonLane);
  }

  lane(name: string): OrderQueue {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const opened = openOrderQueue(this.#link, { prefix: this.#prefix, queueName: name });
    this.#lanes.set(name, opened);
    return opened;
  }

  async enqueue(order: QueuedOrder, limit: Wait): Promise<void> {
    await this.enqueueAll([order], limit);
  }

  async enqueueAll(orders: readonly QueuedOrder[], limit: Wait): Promise<void> {
    const byLane = new Map<string, QueuedOrder[]>();
    for (const order of orders) {
      const lane = order.lane ?? this.#commonLane;
      byLane.set(lane, [...(byLane.get(lane) ?? []), order]);
      const before = this.#toldIn.get(order.orderId);
      if (before !== undefined && before !== lane) await this.lane(before).remove(order.orderId, limit);
    }
    for (const [lane, some] of byLane) {
      await this.lane(lane).enqueueAll(some, limit);
      if (lane !== this.#commonLane) for (const { orderId } of some) this.#toldIn.set(orderId, lane);
    }
  }

  async remove(orderId: string, limit: Wait): Promise<boolean> {
    this.#toldIn.delete(orderId);
    let removed = false;
    for (const queue of this.#lanes.values()) removed = (await queue.remove(orderId, limit)) || removed;
    return removed;
  }

  async counts(limit: Wait): Promise<QueueCounts> {
    const all = await Promise.all([...this.#lanes.values()].map((queue) => queue.counts(limit)));
    const sum = (state: keyof QueueCounts): number => all.reduce((total, counts) => total + counts[state], 0);
    return { waiting: sum('waiting'), active: sum('active'), delayed: sum('delayed'), failed: sum('failed') };
  }

  async returnAbandoned(stationId: string, limit: Wait): Promise<number> {
    const all = await Promise.all([...this.#lanes.values()].map((queue) => queue.returnAbandoned(stationId, limit)));
    return all.reduce((total, count) => total + count, 0);
  }

  async nextPriority(limit: Wait): Promise<number | null> {
    const all = await Promise.all([...this.#lanes.values()].map((queue) => queue.nextPriority(limit)));
    const waiting = all.filter((priority) => priority !== null);
    return waiting.length === 0 ? null : Math.min(...waiting);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const queue of this.#lanes.values()) await queue[Symbol.asyncDispose]();
  }
}
