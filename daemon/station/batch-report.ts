import { faultSentence, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { RefusedOrder } from '../intake/intake-result.ts';
import type { AccountLine, BlankCount } from './batch-account.ts';
import type { BatchCounts } from './batch-book.ts';
import { refusals } from './bench-fitness.ts';

/** Everything a batch came to: what `--json` prints and the summary is made from. */
export interface BatchReport {
  readonly lines: readonly AccountLine[];
  readonly refused: readonly { readonly orderId: string | null; readonly file: string; readonly position: number | null; readonly findings: readonly Finding[] }[];
  readonly blanks: BlankCount;
  readonly seconds: number;
  /** Why the machine waits, when the batch did not come to its end. */
  readonly pausedFor: FaultCode | null;
  /** What was found of the printer before the batch began: what kept it from beginning, and what is merely low. */
  readonly bench: readonly Finding[];
  readonly results: string;
  /** The counts of the batch, null when there was nothing to make. */
  readonly counts: BatchCounts | null;
}

/** One line a card, as it comes out of the machine. */
export function cardLine(line: AccountLine, order: Order | undefined, place: string): string {
  const person = order === undefined ? '' : `${order.holder.firstName} ${order.holder.lastName}, ${order.company.registeredName}`;
  const facts = [line.uid === null ? '' : `UID ${line.uid}`, line.cardNumber ?? '', line.seconds === null ? '' : `${line.seconds.toFixed(1)} s`, line.attempts > 1 ? `${line.attempts} blanks` : '', line.codes.join(' ')];
  return [`${place} ${line.orderId}`, line.outcome, person, ...facts].filter((part) => part !== '').join('  ');
}

/** What the operator reads of the cards that an order cost: which, why, and the sectors that stand open or are in doubt. */
export function scrapLines({ orderId, scrapped }: AccountLine): readonly string[] {
  return scrapped.map(({ uid, reason, sectors }) => {
    const detail = sectors === null ? {} : { data: { sectors } };
    return `${orderId}  scrapped  UID ${uid ?? '?'}  ${reason}: ${faultSentence(reason, 'en', detail)} / ${faultSentence(reason, 'sv', detail)}`;
  });
}

/** The lines of an order that goes back: every finding with its place and both sentences. */
export function refusalLines({ orderId, place, findings }: Pick<RefusedOrder, 'orderId' | 'place' | 'findings'>): readonly string[] {
  const where = placeText(place);
  return findings.map((finding) => {
    const detail = { ...finding.detail, ...(finding.field === undefined ? {} : { field: finding.detail?.field ?? finding.field }) };
    const field = finding.field === undefined ? '' : ` [${finding.field}]`;
    return `${orderId ?? where}  refused  ${finding.code}${field}: ${faultSentence(finding.code, 'en', detail)} / ${faultSentence(finding.code, 'sv', detail)} (${where}${detail.note === undefined ? '' : `: ${detail.note}`})`;
  });
}

/** What was found of the printer: the code, what it is about, and both sentences with their figures. */
export function benchLine({ code, field, detail }: Finding): string {
  return `${code} [${field ?? 'bench'}]: ${faultSentence(code, 'en', detail)} / ${faultSentence(code, 'sv', detail)}${detail?.note === undefined ? '' : ` (${detail.note})`}`;
}

function placeText({ file, position }: RefusedOrder['place']): string {
  return position === null ? file : `${file}:${position}`;
}

/** The summary at the end of a batch. */
export function summaryLines(report: BatchReport): readonly string[] {
  const count = (outcome: AccountLine['outcome']): number => report.lines.filter((line) => line.outcome === outcome).length;
  const produced = count('produced');
  const codes = report.refused.map(({ orderId, file, position, findings }) => `${orderId ?? placeText({ file, position })} ${[...new Set(findings.map(({ code }) => code))].join(' ')}`);
  const rate = produced > 0 && report.seconds > 0 ? `, ${Math.round((produced * 3600) / report.seconds)} cards an hour` : '';
  return [
    '',
    `Produced ${produced}, already produced ${count('already produced')}, refused ${report.refused.length + count('refused')}, held ${count('held')}, waiting ${count('waiting')} in ${report.seconds.toFixed(1)} s${rate}.`,
    `Blanks used for these orders: ${report.blanks.fed}, ${report.blanks.good} good, ${report.blanks.rejected} rejected.`,
    ...countLines(report.counts),
    ...codes.map((line) => `Refused: ${line}`),
    ...whyUnfinished(report),
    `Results: ${report.results}`,
  ];
}

/** Why orders are left, and what makes the batch go on. */
function whyUnfinished({ pausedFor: reason, bench }: BatchReport): readonly string[] {
  if (reason === null) return [];
  const refusal = refusals(bench).find(({ code }) => code === reason);
  if (refusal !== undefined) return [`The batch was not begun: ${benchLine(refusal)} The same command begins it when that is mended.`];
  const why = `${reason}: ${faultSentence(reason, 'en')} / ${faultSentence(reason, 'sv')}`;
  return [reason === 'STA-ABORTED' ? `Ended early: ${why} The same command goes on where this one ended.` : `The machine waits: ${why}`];
}

/** The account of a batch's blanks: what was issued and where each of them is. */
export function countLines(counts: BatchCounts | null): readonly string[] {
  if (counts === null) return [];
  const { batchId, tally, difference, closes } = counts;
  const { moved, good, rejected, inside, held } = tally;
  const book = `Batch ${batchId}: ${moved.issued} blanks issued = ${good} good + ${rejected} rejected + ${moved.returned} returned + ${moved.tested} tested`;
  const open = [difference === 0 ? '' : `${difference} missing`, inside === 0 ? '' : `${inside} inside`, held === 0 ? '' : `${held} held`].filter((part) => part !== '').join(', ');
  if (closes) return [moved.issued === 0 ? `Batch ${batchId}: ${good + rejected} blanks, none from a registered lot.` : `${book}: the counts close.`];
  const sentence = `QC-COUNT: ${faultSentence('QC-COUNT', 'en')} / ${faultSentence('QC-COUNT', 'sv')}`;
  return [`${book}, ${open}.`, `${sentence} Next: kortverk stock close ${batchId} --by NAME --reason WHY`];
}
