import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { BatchEvent } from '../../queue/batch/batch-life-cycle.ts';
import type { BatchSummary } from '../../queue/batch/batches.ts';
import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import type { ClosedShift } from '../../queue/stock/shift-account.ts';
import type { BlankTally, KnownBlank, StockMoveKind } from '../../queue/stock/stock-account.ts';
import type { BlankEntry } from '../../queue/store/blank-account.ts';
import type { CardNumberEntry } from '../../queue/store/card-numbers.ts';
import type { OrderSummary } from '../../queue/store/order-store.ts';
import type { OpenHold } from '../produce/answer-hold.ts';
import type { BenchView } from '../observe/bench-watch.ts';
import type { BatchCounts } from './batch-book.ts';
import type { CountedLot, RunningShift } from './shift-book.ts';
import type { ImpossibleOrder } from './site.ts';

/** What a station is doing. */
export interface StationStatus {
  readonly station: string;
  /** Whether a daemon answers; a desk without one only knows what is stored. */
  readonly serving: boolean;
  /** The order in the machine, or null. */
  readonly current: string | null;
  /** Why the machine waits for a person, or null. */
  readonly waitsFor: { readonly reason: FaultCode; readonly orderId: string } | null;
  readonly orders: Readonly<Record<string, number>>;
  /** Messages that the portal has not got yet. */
  readonly undelivered: number;
  /** Orders that are late or at risk of it. */
  readonly late: readonly { readonly orderId: string; readonly code: FaultCode; readonly dueAt: number }[];
  /** Waiting orders that no station of the site can make, and what is missing. */
  readonly impossible: readonly ImpossibleOrder[];
}

/** What the desk says of the bench. */
export interface BenchReport extends BenchView {
  /** Profiles that the printer cannot make cards by; supplies that end before the orders do which are due now. */
  readonly findings: readonly Finding[];
}

/** Which stored orders go into a batch; every part that is given must fit. */
export interface BatchFilter {
  readonly orderIds?: readonly string[] | undefined;
  readonly express?: boolean | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly dueBefore?: number | undefined;
  /** Part of the company's name, in any case. */
  readonly company?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly technology?: string | undefined;
  readonly limit?: number | undefined;
}

export interface BatchView extends BatchCounts {
  readonly orderIds: readonly string[];
}

export interface LotView {
  readonly lot: string;
  readonly product: string;
  readonly uids: number;
  readonly inStock: number;
  readonly atBench: number;
  readonly tally: BlankTally;
}

/** The running shift, and the last ones that were closed. */
export interface ShiftView {
  readonly running: RunningShift;
  readonly closed: readonly ClosedShift[];
}

export interface SubmitAnswer {
  readonly accepted: readonly { readonly orderId: string; readonly answer: string; readonly state: string }[];
  readonly refused: readonly { readonly orderId: string | null; readonly file: string; readonly findings: readonly Finding[] }[];
}

export interface OrderView {
  readonly summary: OrderSummary;
  readonly batchId: string | null;
  readonly cardNumbers: readonly CardNumberEntry[];
  readonly blanks: readonly BlankEntry[];
  readonly records: readonly JournalRecord[];
}

/**
 * Everything that can be asked of a station: by the command line and the console, through the daemon or at its files when
 * none runs. Each call takes one value and gives one that can be written as JSON. Throws `StationFault`.
 */
export interface StationDesk {
  /** The bench's printer: who it is, what it has left, and what stands against making cards by the station's profiles. */
  bench(input: Record<string, never>): Promise<BenchReport>;
  /** Figures of station and bench as Prometheus text. */
  metrics(input: Record<string, never>): Promise<string>;
  status(input: Record<string, never>): Promise<StationStatus>;
  submitOrders(input: { readonly paths: readonly string[] }): Promise<SubmitAnswer>;
  listOrders(input: { readonly states?: readonly string[] | undefined; readonly limit?: number | undefined }): Promise<readonly OrderSummary[]>;
  showOrder(input: { readonly orderId: string }): Promise<OrderView>;
  withdrawOrder(input: { readonly orderId: string; readonly by: string }): Promise<{ readonly orderId: string; readonly state: string }>;
  /** `pack`, `ship`, `offer-pickup` or `close` produced orders; `requeue` held or failed ones. */
  advanceOrders(input: { readonly orderIds: readonly string[]; readonly event: 'pack' | 'ship' | 'offer-pickup' | 'close' | 'requeue' }): Promise<readonly { readonly orderId: string; readonly state: string }[]>;
  holds(input: Record<string, never>): Promise<readonly OpenHold[]>;
  answerHold(input: { readonly orderId: string; readonly answer: string; readonly by: string }): Promise<readonly OpenHold[]>;
  createBatch(input: { readonly batchId?: string | undefined; readonly filter: BatchFilter }): Promise<BatchView>;
  listBatches(input: Record<string, never>): Promise<readonly BatchSummary[]>;
  showBatch(input: { readonly batchId: string }): Promise<BatchView>;
  changeBatch(input: { readonly batchId: string; readonly event: Exclude<BatchEvent, 'close' | 'finish'> }): Promise<BatchView>;
  closeBatch(input: { readonly batchId: string; readonly signature: { readonly by: string; readonly reason: string } | null }): Promise<BatchView>;
  /** A person mended the machine: it goes on. */
  goOn(input: Record<string, never>): Promise<StationStatus>;
  lots(input: Record<string, never>): Promise<readonly LotView[]>;
  registerLot(input: { readonly lot: string; readonly product: string; readonly count: number; readonly uids: readonly string[]; readonly by: string }): Promise<readonly LotView[]>;
  moveBlanks(input: { readonly lot: string; readonly kind: Exclude<StockMoveKind, 'registered'>; readonly count: number; readonly batchId: string | null; readonly by: string; readonly uids?: readonly string[] | undefined }): Promise<readonly LotView[]>;
  /** What is known of one blank. Throws `CLI-USAGE` for a UID that nobody registered or used. */
  showBlank(input: { readonly uid: string }): Promise<KnownBlank>;
  shift(input: Record<string, never>): Promise<ShiftView>;
  closeShift(input: { readonly counted: readonly CountedLot[]; readonly by: string; readonly reason: string | null }): Promise<ClosedShift>;
  backup(input: { readonly to: string }): Promise<{ readonly to: string; readonly files: number; readonly orders: number; readonly records: number }>;
}

export type DeskCall = keyof StationDesk;
