import { faultSentence, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { RefusedOrder } from '../intake/intake-result.ts';
import type { AccountLine, BlankCount } from './batch-account.ts';

/** Everything a batch came to: what `--json` prints and the summary is made from. */
export interface BatchReport {
  readonly lines: readonly AccountLine[];
  readonly refused: readonly { readonly orderId: string | null; readonly file: string; readonly position: number | null; readonly findings: readonly Finding[] }[];
  readonly blanks: BlankCount;
  readonly seconds: number;
  /** Why the machine waits, when the batch did not come to its end. */
  readonly pausedFor: FaultCode | null;
  readonly results: string;
}

/** One line a card, as it comes out of the machine. */
export function cardLine(line: AccountLine, order: Order | undefined, place: string): string {
  const person = order === undefined ? '' : `${order.holder.firstName} ${order.holder.lastName}, ${order.company.registeredName}`;
  const facts = [line.uid === null ? '' : `UID ${line.uid}`, line.cardNumber ?? '', line.seconds === null ? '' : `${line.seconds.toFixed(1)} s`, line.attempts > 1 ? `${line.attempts} blanks` : '', line.codes.join(' ')];
  return [`${place} ${line.orderId}`, line.outcome, person, ...facts].filter((part) => part !== '').join('  ');
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
    `Blanks used ${report.blanks.fed}: ${report.blanks.good} good, ${report.blanks.rejected} rejected.`,
    ...codes.map((line) => `Refused: ${line}`),
    ...(report.pausedFor === null ? [] : [`The machine waits: ${report.pausedFor}: ${faultSentence(report.pausedFor, 'en')} / ${faultSentence(report.pausedFor, 'sv')}`]),
    `Results: ${report.results}`,
  ];
}
