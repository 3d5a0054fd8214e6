import type { Clock, Wait } from '../../drivers/contracts/clock.ts';
import { asStationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { LaneQueue } from '../../queue/bullmq/lane-queue.ts';
import type { QueuedOrder } from '../../queue/bullmq/work-queue.ts';
import type { Claims } from '../../queue/claim/claims.ts';
import { duplicateKey } from '../../queue/order/derived-values.ts';
import { dueAt } from '../../queue/order/due-time.ts';
import { readStoredOrder, type Order } from '../../queue/order/order-schema.ts';
import { ableStations, commonLane, lacking, laneOf, type AbilityWord, type AnnouncedStation, type Lane } from '../../queue/stations/abilities.ts';
import type { OrderParcel } from '../../queue/stations/parcel.ts';
import type { Roster } from '../../queue/stations/roster.ts';
import type { OrderShelf } from '../../queue/stations/shelf.ts';
import { noticeKeptSeconds, type WithdrawalNotices } from '../../queue/stations/withdrawal-notices.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';

/** A station that has not announced itself for so long is not counted on, milliseconds. */
const SILENT_MS = 60_000;
/** How long a question to the others may keep a station from going on by itself, milliseconds. */
const ASK_TIMEOUT_MS = 2_000;
const WATCH_MS = 1_000;

/** What joins one station with the others of its site. */
export interface SiteParts {
  readonly stationId: string;
  readonly stations: readonly string[];
  readonly clock: Clock;
  readonly store: OrderStore;
  readonly claims: Pick<Claims, 'ended'>;
  readonly queue: LaneQueue;
  readonly roster: Roster;
  readonly shelf: OrderShelf;
  readonly notices: WithdrawalNotices;
  /** What this station can do now; asked while no card is in hand. */
  readonly abilities: () => Promise<readonly AbilityWord[]>;
  /** What an order needs, by the profiles of this station. */
  readonly needOf: (order: Order) => readonly AbilityWord[];
  /** Whether a scrapped card may be made again at another free station. */
  readonly remakeElsewhere: boolean;
}

/** An order that no station of the site can make, and what is missing at the one that comes nearest. */
export interface ImpossibleOrder {
  readonly orderId: string;
  readonly code: FaultCode;
  readonly lacking: readonly AbilityWord[];
}

/**
 * The stations of a site as one of them sees them. Orders that wait here are told to the stations that can make them, with
 * all that is needed laid on the shelf; what others tell is taken from there when it is claimed. Nothing of it is needed between claim and
 * report, and all of it can be told again.
 */
export class Site {
  readonly #parts: SiteParts;
  readonly #needs = new Map<string, { readonly digest: string; readonly need: readonly AbilityWord[] }>();
  /** Orders that were taken back here, and until when (milliseconds since 1970 UTC) the others are told: a server that was away, or lost its data, does not know. */
  readonly #takenBack: Map<string, number>;
  #words: readonly AbilityWord[] = [];
  #idle = true;
  #impossible: readonly ImpossibleOrder[] = [];

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.#takenBack = new Map(parts.store.listOrders(['WITHDRAWN']).map(({ orderId, changedAt }) => [orderId, changedAt + noticeKeptSeconds * 1_000]));
  }

  /** Waiting orders of this station that nobody can make, as of the last telling. */
  get impossible(): readonly ImpossibleOrder[] {
    return this.#impossible;
  }

  /** Announces this station, takes note of orders that others ended, tells the rest to those who can make them, and again what was taken back. Throws `QUE-UNAVAILABLE`. */
  async tell(due: readonly QueuedOrder[], limit: Wait): Promise<void> {
    await this.setIdle(this.#idle, limit);
    const ended = await this.learn([...due.map(({ orderId }) => orderId), ...this.#takenBack.keys()], limit);
    await this.#tellTakenBack(ended, limit);
    const left = due.filter(({ orderId }) => !ended.has(orderId));
    const announced = await this.#parts.roster.stations(limit);
    const impossible: ImpossibleOrder[] = [];
    const told: QueuedOrder[] = [];
    const forOthers: string[] = [];
    const lanes = new Map<string, Lane>();
    for (const order of left) {
      const lane = this.#laneOf(order.orderId, announced, impossible);
      lanes.set(lane.name, lane);
      told.push(lane.name === commonLane ? order : { ...order, lane: lane.name });
      if (lane.stations.some((station) => station !== this.#parts.stationId)) forOthers.push(order.orderId);
    }
    for (const lane of lanes.values()) if (lane.name !== commonLane) await this.#parts.roster.addLane(lane, limit);
    await this.#lay(forOthers, limit);
    await this.#parts.queue.enqueueAll(told, limit);
    this.#impossible = impossible;
    const present = new Set(due.map(({ orderId }) => orderId));
    for (const orderId of this.#needs.keys()) if (!present.has(orderId)) this.#needs.delete(orderId);
  }

  /** Looks at the bench again: a person may have changed its ribbon or blanks. Only while no card is in hand. */
  async lookAtBench(): Promise<void> {
    this.#words = await this.#parts.abilities();
  }

  /** The lanes that this station serves beside the common one. */
  async lanes(limit: Wait): Promise<readonly string[]> {
    const { stationId, stations, roster } = this.#parts;
    const own = laneOf([stationId], stations).name;
    return [...new Set([own, ...(await roster.lanesOf(stationId, limit))])].filter((name) => name !== commonLane);
  }

  /** Says whether a card is in hand, so that others know who is free. */
  async setIdle(idle: boolean, limit: Wait): Promise<void> {
    this.#idle = idle;
    const { roster, stationId, clock } = this.#parts;
    await roster.announce({ station: stationId, words: this.#words, at: clock.now(), idle }, limit);
  }

  /**
   * What this station needs to make an order of another: its parcel. `own` when the store has it, `withdrawn` when it was taken back, `absent` when its
   * station has not told it (yet), `cannot` when something is missing here: then it was told to those who can.
   */
  async look(orderId: string, limit: Wait): Promise<OrderParcel | 'own' | 'withdrawn' | 'absent' | 'cannot'> {
    const { store, shelf, notices, stations, roster, queue } = this.#parts;
    if (store.summaryOf(orderId) !== null) return 'own';
    if (await notices.has(orderId, limit)) return 'withdrawn';
    const parcel = await shelf.look(orderId, limit);
    if (parcel === null) return 'absent';
    const order = readStoredOrder(JSON.parse(parcel.payload));
    const need = this.#parts.needOf(order);
    if (lacking(need, this.#words).length === 0) return parcel;
    const lane = laneOf(ableStations(need, stations, await roster.stations(limit)).filter((station) => station !== this.#parts.stationId), stations);
    await roster.addLane(lane, limit);
    await queue.lane(lane.name).enqueue({ orderId, priority: 1 }, limit);
    return 'cannot';
  }

  /** Takes a claimed order of another station into the store. False when the store knows other content under its number. */
  take({ orderId, contentHash, payload, files }: OrderParcel): boolean {
    const order = readStoredOrder(JSON.parse(payload));
    const express = order.delivery.mode === 'EXPRESS_PICKUP';
    return this.#parts.store.putOrder({ orderId, contentHash, duplicateKey: duplicateKey(order), state: 'QUEUED', express, dueAt: dueAt(order), payload, files }) !== 'conflict';
  }

  /** The order came to an end here: nobody needs its parcel any more. */
  async leave(orderId: string, limit: Wait): Promise<void> {
    await this.#parts.shelf.remove([orderId], limit);
    await this.#parts.notices.remove(orderId, limit);
  }

  /** An order was taken back here: wherever it waits or is made, no card of it shall come. */
  async withdraw(orderId: string, limit: Wait): Promise<void> {
    this.#takenBack.set(orderId, this.#parts.clock.now() + noticeKeptSeconds * 1_000);
    await this.#parts.notices.put([orderId], limit);
    await this.#parts.shelf.remove([orderId], limit);
  }

  /** Looks while a card is made whether its order was taken back at another station. Ends with the signal; an outage is only a gap. */
  async watch(orderId: string, onWithdrawn: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#parts.clock.sleep(WATCH_MS, signal);
        if (await this.#parts.notices.has(orderId, { signal, timeoutMs: ASK_TIMEOUT_MS })) return onWithdrawn();
      } catch (error) {
        if (signal.aborted) return;
        if (asStationFault(error).code !== 'QUE-UNAVAILABLE') throw error;
      }
    }
  }

  /** Whether another station is free, can make the order, and may, after this one's card was scrapped. */
  async passesOn(orderId: string, signal: AbortSignal): Promise<boolean> {
    const { remakeElsewhere, stationId, stations, roster, clock } = this.#parts;
    const need = this.#needOf(orderId);
    if (!remakeElsewhere || need === null || this.#inBatch(orderId)) return false;
    try {
      const announced = await roster.stations({ signal, timeoutMs: ASK_TIMEOUT_MS });
      const free = [...announced.values()].filter(({ station, idle, at, words }) => station !== stationId && stations.includes(station) && idle && clock.now() - at < SILENT_MS && lacking(need, words).length === 0);
      if (free.length > 0) await this.#lay([orderId], { signal, timeoutMs: ASK_TIMEOUT_MS });
      return free.length > 0;
    } catch (error) {
      if (signal.aborted || asStationFault(error).code !== 'QUE-UNAVAILABLE') throw error;
      return false;
    }
  }

  /** Takes note of orders that ended at another station. Gives all of these that have ended anywhere. */
  async learn(orderIds: readonly string[], limit: Wait): Promise<ReadonlySet<string>> {
    const { claims, store, shelf, stationId } = this.#parts;
    const ended = await claims.ended(orderIds, limit);
    const elsewhere = [...ended].filter(([, { station }]) => station !== stationId);
    for (const [orderId, { outcome }] of elsewhere) {
      // What was taken back and ended without a card stays so; a card that was quicker is told.
      if (outcome === 'finished' || !this.#takenBack.has(orderId)) store.setState(orderId, outcome === 'finished' ? 'MADE_ELSEWHERE' : 'REJECTED', { reasons: ['QUE-OTHER-STATION'] });
    }
    await shelf.remove(elsewhere.map(([orderId]) => orderId), limit);
    return new Set(ended.keys());
  }

  /** Until it has ended somewhere, or nobody can have it any more. */
  async #tellTakenBack(ended: ReadonlySet<string>, limit: Wait): Promise<void> {
    const now = this.#parts.clock.now();
    for (const [orderId, until] of this.#takenBack) if (ended.has(orderId) || until < now) this.#takenBack.delete(orderId);
    const left = [...this.#takenBack.keys()];
    await this.#parts.notices.put(left, limit);
    await this.#parts.shelf.remove(left, limit);
  }

  /** A batch is packed where it is made, and what is begun is ended where it was begun: they stay here. */
  #laneOf(orderId: string, announced: ReadonlyMap<string, AnnouncedStation>, impossible: ImpossibleOrder[]): Lane {
    const { stations, stationId } = this.#parts;
    const need = this.#needOf(orderId);
    const begun = this.#parts.store.summaryOf(orderId)?.state === 'IN_PRODUCTION';
    if (need === null || begun || this.#inBatch(orderId)) return laneOf([stationId], stations);
    const able = ableStations(need, stations, announced);
    if (able.length === 0) {
      const [nearest = need] = [...announced.values()].map(({ words }) => lacking(need, words)).toSorted((one, other) => one.length - other.length);
      impossible.push({ orderId, code: 'QUE-NOBODY-CAN', lacking: nearest });
    }
    return laneOf(able, stations);
  }

  #inBatch(orderId: string): boolean {
    const { batches } = this.#parts.store;
    const batchId = batches.batchOf(orderId);
    const state = batchId === null ? undefined : batches.find(batchId)?.state;
    return state === 'RUNNING' || state === 'PAUSED';
  }

  /** Opening a payload takes a millisecond: what an order needs is kept until it is told no more. */
  #needOf(orderId: string): readonly AbilityWord[] | null {
    const { store } = this.#parts;
    const digest = store.summaryOf(orderId)?.payloadDigest ?? '';
    const known = this.#needs.get(orderId);
    if (known?.digest === digest) return known.need;
    const text = store.textOf(orderId);
    if (text === null) return null;
    const need = this.#parts.needOf(readStoredOrder(JSON.parse(text)));
    this.#needs.set(orderId, { digest, need });
    return need;
  }

  async #lay(orderIds: readonly string[], limit: Wait): Promise<void> {
    const { shelf, store } = this.#parts;
    const there = await shelf.laid(orderIds, limit);
    for (const orderId of orderIds) {
      const payload = there.has(orderId) ? null : store.getPayload(orderId);
      const summary = store.summaryOf(orderId);
      if (payload === null || summary === null) continue;
      await shelf.lay({ orderId, contentHash: summary.contentHash, payload: payload.payload, files: payload.files }, limit);
    }
  }
}
