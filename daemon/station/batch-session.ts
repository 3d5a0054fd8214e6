import type { Clock } from '../../drivers/contracts/clock.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { OrderHandler as QueueHandler, OrderWorker } from '../../queue/bullmq/work-queue.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { AcceptedOrder, IntakeResult } from '../intake/intake-result.ts';
import type { OrderEffect } from '../produce/order-effect.ts';
import type { ProductionObserver } from '../produce/station-parts.ts';
import { acceptOrders } from './accept-orders.ts';
import type { Attendant } from './attendant.ts';
import { accountLine, waitingLine, countBlanks, type AccountLine } from './batch-account.ts';
import { endBatch, endFinished } from './batch-book.ts';
import { beginBatch, type OwnBatch } from './begin-batch.ts';
import { batchesAtBench } from './blanks-at-bench.ts';
import { benchLine, cardLine, refusalLines, scrapLines, type BatchReport } from './batch-report.ts';
import { refusals } from './bench-fitness.ts';
import { Dossiers, type CardPictures } from './dossier.ts';
import type { WorkResult } from './order-handler.ts';
import { judgeBatch } from './judge-batch.ts';
import { recoverAttempts } from './recover-attempts.ts';
import { runBatch, type BatchEnd } from './run-batch.ts';
import type { StationCore, StationQueue } from './station-rooms.ts';

/** What a session is run with once the station's core is open and the orders are checked. */
export interface BatchSessionParts {
  readonly core: StationCore;
  readonly intake: IntakeResult;
  /** Folder of the results; one folder an order under `cards`. */
  readonly results: string;
  readonly pictures: CardPictures;
  readonly attendant: Attendant;
  /** The name of this run's batch, and who counts blanks at the bench, where somebody does; absent, blanks are counted by the day. */
  readonly batch?: OwnBatch;
  /** Opens the queue side; called after recovery, which needs none. */
  readonly openQueue: () => Promise<{ readonly queue: StationQueue; openWorker(handler: QueueHandler): OrderWorker }>;
}

/** Told whenever something begins: cards done, cards in all, and what happens to the one in the machine. */
export type ProgressListener = (progress: { readonly done: number; readonly total: number; readonly now: string }) => void;

/** One run of the `batch` command over checked orders, from recovery to the report. */
export class BatchSession {
  readonly #clock: Clock;
  readonly #say: (line: string) => void;
  readonly #progress: ProgressListener;
  readonly #lines = new Map<string, AccountLine>();
  readonly #writing: Promise<void>[] = [];
  #dossiers: Dossiers | null = null;
  #orders: ReadonlyMap<string, Order> = new Map();

  constructor(clock: Clock, say: (line: string) => void, progress: ProgressListener) {
    this.#clock = clock;
    this.#say = say;
    this.#progress = progress;
  }

  /** Watches the production loop for this session. */
  get observer(): ProductionObserver {
    return { effect: (orderId, _attempt, effect) => this.#begins(orderId, effect), crosschecked: (orderId, _attempt, reports) => this.#dossiers?.keep(orderId, reports) };
  }

  /** Produces the accepted orders. `drain` ends it after the card in the machine, `signal` at once. */
  async run(parts: BatchSessionParts, drain: AbortSignal, signal: AbortSignal): Promise<BatchReport> {
    const { core, intake } = parts;
    const start = this.#clock.steady();
    this.#dossiers = new Dossiers(`${parts.results}/cards`, core.journal, parts.pictures, this.#clock);
    const inOrder = productionOrder(intake.accepted);
    this.#orders = new Map(inOrder.map(({ order }) => [order.orderId, order]));
    for (const refused of intake.refused) for (const line of refusalLines(refused)) this.#say(line);
    const orderIds = inOrder.map(({ order }) => order.orderId);
    acceptOrders(core.store, inOrder);
    const { due, findings: bench } = await this.#beginnable(core, orderIds, signal);
    const { batch } = parts;
    const isBegun = batch !== undefined && (await beginBatch(core, batch, due));
    const end = await this.#produce(parts, orderIds, refusals(bench)[0] ?? null, drain, signal);
    await Promise.all(this.#writing);
    await endFormer(core, batch);
    const counts = isBegun ? endBatch(core.store, batch.batchId) : null;
    const blanks = countBlanks(core.journal, orderIds);
    return {
      lines: [...this.#lines.values(), ...orderIds.filter((orderId) => !this.#lines.has(orderId)).map((orderId) => waitingLine(core.journal, orderId))],
      refused: intake.refused.map(({ orderId, place, findings }) => ({ orderId, ...place, findings })),
      blanks,
      seconds: (this.#clock.steady() - start) / 1000,
      pausedFor: end.kind === 'paused' ? end.reason : null,
      bench,
      results: parts.results,
      counts,
    };
  }

  /** Orders that the bench as it is now lets begin, and what is said of it. What is begun is ended in any case. */
  async #beginnable(core: StationCore, orderIds: readonly string[], signal: AbortSignal): Promise<{ readonly due: readonly string[]; readonly findings: readonly Finding[] }> {
    const due = dueOrders(core, orderIds);
    const findings = await judgeBatch(core, due, signal);
    for (const line of findings.map(benchLine)) this.#say(line);
    if (refusals(findings).length === 0) return { due, findings };
    const begun = new Set(core.journal.openAttempts().map(({ orderId }) => orderId));
    return { due: due.filter((orderId) => begun.has(orderId)), findings };
  }

  async #produce(parts: BatchSessionParts, orderIds: readonly string[], refusal: Finding | null, drain: AbortSignal, signal: AbortSignal): Promise<BatchEnd> {
    const { core } = parts;
    const tell = (orderId: string, result: WorkResult): void => this.#told(core, orderId, result, orderIds);
    const pause = await recoverAttempts(core, parts.attendant, dueOrders(core, orderIds), tell, signal);
    if (pause !== null) return { kind: 'paused', reason: pause.reason, orderId: '', left: orderIds };
    if (refusal !== null) return { kind: 'paused', reason: refusal.code, orderId: '', left: orderIds };
    const opened = await parts.openQueue();
    return runBatch(core, opened.queue, { orderIds: orderIds.filter((orderId) => !this.#isOver(orderId)), attendant: parts.attendant, listener: tell, openWorker: (handler) => opened.openWorker(handler) }, drain, signal);
  }

  #begins(orderId: string, effect: OrderEffect): void {
    const now = `${orderId}  ${effect.do}${effect.do === 'encode' ? ` ${effect.step}` : ''}`;
    this.#progress({ done: this.#done, total: this.#orders.size, now });
  }

  /** Beside the next card; what cannot be written is said and keeps nobody. */
  #keep(dossiers: Dossiers, orderId: string): void {
    const writing = dossiers.write(orderId).then((finding) => {
      if (finding !== null) this.#say(benchLine(finding));
    });
    // Waited for at the end, where a fault of ours is thrown; until then it is nobody's.
    writing.catch(() => undefined);
    this.#writing.push(writing);
  }

  get #done(): number {
    return [...this.#lines.values()].filter(({ orderId, outcome }) => outcome !== 'waiting' && this.#orders.has(orderId)).length;
  }

  #isOver(orderId: string): boolean {
    const line = this.#lines.get(orderId);
    return line !== undefined && line.outcome !== 'waiting';
  }

  #told(core: StationCore, orderId: string, result: WorkResult, orderIds: readonly string[]): void {
    // A wake-up of an earlier run may come after recovery has ended the order: its line stands.
    if (result.kind === 'already' && this.#isOver(orderId)) return;
    const line = accountLine(core.journal, orderId, result);
    this.#lines.set(orderId, line);
    if (line.outcome === 'waiting') return;
    this.#say(cardLine(line, this.#orders.get(orderId), this.#orders.has(orderId) ? `[${this.#done}/${orderIds.length}]` : '[earlier]'));
    for (const scrap of scrapLines(line)) this.#say(scrap);
    if (this.#dossiers !== null && line.outcome !== 'other station') this.#keep(this.#dossiers, orderId);
  }
}

/** Orders of the list whose cards are still to be made. */
function dueOrders({ journal }: StationCore, orderIds: readonly string[]): readonly string[] {
  return orderIds.filter((orderId) => (journal.outcomeOf(orderId)?.outcome ?? 'again') === 'again');
}

/** Blanks go back into stock, and batches end of which nothing is left to make: also those of runs that died before they did so. */
async function endFormer({ store }: StationCore, batch: OwnBatch | undefined): Promise<void> {
  for (const batchId of batchesAtBench(store)) if (batchId !== null) await batch?.keeper?.handBack(batchId);
  endFinished(store, null);
}

/** Orders that need the same blanks come together, so that the feeder is changed once; within them as they were given. */
function productionOrder(accepted: readonly AcceptedOrder[]): readonly AcceptedOrder[] {
  const blanks = ({ order: { card } }: AcceptedOrder): string => `${card.technologyProfile} ${card.profileId ?? ''}`;
  return accepted.toSorted((one, other) => blanks(one).localeCompare(blanks(other), 'en'));
}
