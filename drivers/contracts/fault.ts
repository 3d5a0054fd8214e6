import { cardFaults } from './card-faults.ts';
import type { FaultEntry } from './fault-entry.ts';
import { orderFaults } from './order-faults.ts';
import { pictureFaults } from './picture-faults.ts';
import { printerFaults } from './printer-faults.ts';
import { systemFaults } from './system-faults.ts';

/** The one fault table: every code of the product, what happens next, whose move it is, and the sentences. */
export const faultTable = Object.freeze({
  ...orderFaults,
  ...pictureFaults,
  ...cardFaults,
  ...printerFaults,
  ...systemFaults,
});

export type FaultCode = keyof typeof faultTable;

/** Facts that travel with a fault. Never a secret, never a person's name or number. */
export interface FaultDetail {
  /** The order field, file, or setting the fault is about; fills `{field}` in the sentence. */
  readonly field?: string;
  /** Fills `{date}` in the sentence. */
  readonly date?: string;
  /** Technical addition for the log, in English. */
  readonly note?: string;
  /** Tries left, status words, figures; each fills the placeholder of its name in the sentence (`sector` also `{sectors}`). */
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

export type Language = 'sv' | 'en';

/** What fills `{sectors}` when no sector is in question. */
const noSectors: Readonly<Record<Language, string>> = { sv: 'inga', en: 'none' };

/** Looks a code up in the table. */
export function faultEntry(code: FaultCode): FaultEntry {
  return faultTable[code];
}

/** Whether a text is a code of the table. */
export function isFaultCode(text: string): text is FaultCode {
  return Object.hasOwn(faultTable, text);
}

/** The operator's sentence of a code, with the placeholders filled from the detail. */
export function faultSentence(code: FaultCode, language: Language, detail: FaultDetail = {}): string {
  const sectors = detail.data?.['sectors'] ?? detail.data?.['sector'] ?? noSectors[language];
  const facts: Readonly<Record<string, string | number | boolean | undefined>> = { ...detail.data, field: detail.field, date: detail.date, sectors };
  return faultEntry(code)[language].replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) => String(facts[name] ?? '?'));
}

/** The one error class of the product: a coded reason that something did not go as planned (design section 4). */
export class StationFault extends Error {
  readonly code: FaultCode;
  readonly detail: FaultDetail;

  constructor(code: FaultCode, detail: FaultDetail = {}, cause?: unknown) {
    const note = detail.note === undefined ? '' : ` (${detail.note})`;
    super(`${code}: ${faultSentence(code, 'en', detail)}${note}`, cause === undefined ? undefined : { cause });
    this.name = 'StationFault';
    this.code = code;
    this.detail = detail;
  }

  get next(): FaultEntry['next'] {
    return faultEntry(this.code).next;
  }
}

/** Gives a fault unchanged and wraps anything else as `STA-BUG`, so that a surprise also has a code. */
export function asStationFault(error: unknown): StationFault {
  if (error instanceof StationFault) return error;
  const note = error instanceof Error ? error.message : String(error);
  return new StationFault('STA-BUG', { note }, error);
}
