import { genesisHash, nextHash, parseBody, type RecordBody } from './journal-chain.ts';
import { foldRecord, sameView, type AttemptView } from './journal-fold.ts';
import { toView, type EventRow, type ReadStatements, type StationRow } from './journal-statements.ts';
import type { ChainReport } from './journal.ts';

/** A record that does not verify, and why. */
export interface ChainBreak {
  readonly seq: number;
  readonly reason: string;
}

/** Checks one row against the row before it; null when it verifies. */
export function checkRow(row: EventRow, expectedSeq: number, previous: Uint8Array): ChainBreak | null {
  if (row.seq !== expectedSeq) return { seq: expectedSeq, reason: `record ${expectedSeq} is missing` };
  if (!row.prev.equals(previous)) return { seq: row.seq, reason: `record ${row.seq} does not name the hash of the record before it` };
  if (!nextHash(row.prev, row.body).equals(row.hash)) return { seq: row.seq, reason: `the hash of record ${row.seq} differs from its content` };
  let body: RecordBody;
  try {
    body = parseBody(row.body);
  } catch {
    return { seq: row.seq, reason: `record ${row.seq} is not JSON` };
  }
  const same = body.seq === row.seq && body.orderId === row.order_id && body.attempt === row.attempt && body.fence === row.fence && body.at === row.at && body.entry.kind === row.kind;
  return same ? null : { seq: row.seq, reason: `the columns of record ${row.seq} differ from its body` };
}

/** Checks the last `count` records and the head: what is verified on every start. */
export function verifyTail(read: ReadStatements, station: StationRow, count: number): ChainBreak | null {
  const rows = read.lastEvents.all(count);
  const first = rows[0];
  const before = first === undefined || first.seq === 1 ? genesisHash(station.journal_id) : read.event.get(first.seq - 1)?.hash;
  if (before === undefined) return { seq: (first?.seq ?? 1) - 1, reason: `record ${(first?.seq ?? 1) - 1} is missing` };
  let head: Buffer = before;
  let seq = (first?.seq ?? 1) - 1;
  for (const row of rows) {
    const broken = checkRow(row, seq + 1, head);
    if (broken !== null) return broken;
    seq = row.seq;
    head = row.hash;
  }
  return checkHead(station, seq, head);
}

/** Walks the whole chain, then compares the folded view with the records. Memory does not grow with the journal. */
export function verifyJournal(read: ReadStatements): ChainReport {
  const station = read.station.get();
  if (station === undefined) return { records: 0, head: '', brokenAt: 0, reason: 'the journal names no station' };
  let head = genesisHash(station.journal_id);
  let seq = 0;
  for (const row of read.eventsFrom.iterate(0)) {
    const broken = checkRow(row, seq + 1, head);
    if (broken !== null) return report(seq, head, broken);
    seq = row.seq;
    head = row.hash;
  }
  return report(seq, head, checkHead(station, seq, head) ?? checkView(read));
}

function checkHead(station: StationRow, seq: number, head: Buffer): ChainBreak | null {
  if (station.head_seq === seq && station.head.equals(head)) return null;
  return { seq: Math.min(station.head_seq, seq) + 1, reason: `the journal's head is record ${station.head_seq}, its last record is ${seq}` };
}

function report(records: number, head: Buffer, broken: ChainBreak | null): ChainReport {
  return { records, head: head.toString('hex'), brokenAt: broken?.seq ?? null, reason: broken?.reason ?? null };
}

interface Folding {
  view: AttemptView | null;
  lastSeq: number;
  readonly chips: Set<string>;
  readonly numbers: Set<string>;
}

function checkView(read: ReadStatements): ChainBreak | null {
  const totals = { attempts: 0, chips: 0, numbers: 0, lastSeq: 0 };
  let folding: Folding = { view: null, lastSeq: 0, chips: new Set(), numbers: new Set() };
  const finish = (): ChainBreak | null => {
    if (folding.view === null) return null;
    totals.attempts += 1;
    totals.chips += folding.chips.size;
    totals.numbers += folding.numbers.size;
    return checkAttempt(read, folding.view, folding);
  };
  for (const row of read.eventsByAttempt.iterate()) {
    const { view } = folding;
    if (view !== null && (view.orderId !== row.order_id || view.attempt !== row.attempt)) {
      const broken = finish();
      if (broken !== null) return broken;
      folding = { view: null, lastSeq: 0, chips: new Set(), numbers: new Set() };
    }
    addToFold(folding, row);
    totals.lastSeq = Math.max(totals.lastSeq, row.seq);
  }
  return finish() ?? checkTotals(read, totals);
}

function addToFold(folding: Folding, row: EventRow): void {
  const body = parseBody(row.body);
  folding.view = foldRecord(folding.view, body);
  folding.lastSeq = row.seq;
  if (body.entry.kind === 'identified') folding.chips.add(body.entry.uid);
  if (body.entry.kind === 'planned') folding.numbers.add(body.entry.cardNumber);
}

function checkAttempt(read: ReadStatements, view: AttemptView, folding: Folding): ChainBreak | null {
  const whose = `attempt ${view.attempt} of order ${view.orderId}`;
  const stored = read.attempt.get(view.orderId, view.attempt);
  if (stored === undefined || !sameView(view, toView(stored))) return { seq: folding.lastSeq, reason: `the view of ${whose} does not equal the fold of its records` };
  const chipsKept = [...folding.chips].every((uid) => isOwner(read.chip.get(uid), view));
  const numbersKept = [...folding.numbers].every((number) => isOwner(read.cardNumber.get(number), view));
  return chipsKept && numbersKept ? null : { seq: folding.lastSeq, reason: `a chip or card number of ${whose} is not kept under it` };
}

function isOwner(owner: { readonly order_id: string; readonly attempt: number } | undefined, view: AttemptView): boolean {
  return owner !== undefined && owner.order_id === view.orderId && owner.attempt === view.attempt;
}

function checkTotals(read: ReadStatements, totals: { attempts: number; chips: number; numbers: number; lastSeq: number }): ChainBreak | null {
  const counts = read.counts.get();
  if (counts?.attempts === totals.attempts && counts.chips === totals.chips && counts.numbers === totals.numbers) return null;
  return { seq: totals.lastSeq, reason: 'the view holds attempts, chips or card numbers that no record speaks of' };
}
