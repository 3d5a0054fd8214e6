import type { Finding } from '../../drivers/contracts/finding.ts';
import type { RenderedTexts } from './card-face.ts';

/** What must and what must not stand on a card. */
export interface PrintedNumbers {
  /** As on the order: Swedish with or without hyphen, or foreign with its country code. */
  readonly organisationNumber: string;
  /** Personal and coordination numbers of everybody the order names, ten or twelve digits. */
  readonly personalNumbers: readonly string[];
}

/**
 * The rules on what a card shows (domain rules R09, R10), asked of the texts that were really drawn: the organisation number
 * exactly once on the front and nowhere else, and no personal number but one that is the organisation number itself (enskild firma).
 */
export function checkRenderedTexts(texts: RenderedTexts, numbers: PrintedNumbers): readonly Finding[] {
  const all = [...texts.front, ...texts.back].map(squeeze);
  const organisation = squeeze(numbers.organisationNumber);
  const count = all.reduce((sum, text) => sum + occurrences(text, organisation), 0);
  const onFront = texts.front.reduce((sum, text) => sum + occurrences(squeeze(text), organisation), 0);
  const findings: Finding[] = [];
  if (count !== 1 || onFront !== 1) findings.push({ code: 'COM-ORGNR-NOT-PRINTED', field: 'organisationNumber', detail: { data: { count } } });
  const own = lastTenDigits(organisation);
  const forbidden = numbers.personalNumbers.map((number) => lastTenDigits(squeeze(number))).filter((digits) => digits !== own);
  const shown = forbidden.some((digits) => all.some((text) => text.includes(digits)) || all.join('').includes(digits));
  if (shown) findings.push({ code: 'PER-NUMBER-ON-CARD', field: 'personalNumber' });
  return findings;
}

/** Letters and digits alone: a number is the same with hyphen, plus sign, spaces or dots. */
function squeeze(text: string): string {
  return text.normalize('NFKC').toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function lastTenDigits(number: string): string {
  return /^\d{12}$/.test(number) ? number.slice(2) : number;
}

function occurrences(text: string, part: string): number {
  return part === '' ? 0 : text.split(part).length - 1;
}
