import type { z } from 'zod';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { orderFileSchema, type OrderFile } from './order-schema.ts';

/** Most findings that one unreadable order is given: a hostile file must not make a long report. */
const MAX_FINDINGS = 100;
const MAX_NAME_CHARS = 80;

/** An order that follows the schema, or every reason why it does not. */
export type ParsedOrder = { readonly kind: 'order'; readonly order: OrderFile } | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/**
 * Reads one order as a file or message says it. Unknown fields give `ORD-UNKNOWN-FIELD`, missing or empty ones
 * `ORD-MISSING`, others `ORD-SCHEMA`; the field is a dotted path and no value of the order enters a finding.
 */
export function parseOrder(raw: unknown): ParsedOrder {
  const result = orderFileSchema.safeParse(raw);
  if (result.success) return { kind: 'order', order: result.data };
  const findings = result.error.issues.flatMap((issue) => issueFindings(issue, raw));
  return { kind: 'refused', findings: findings.slice(0, MAX_FINDINGS) };
}

/** The order id of something that may not be an order at all, for the report; null when it has none worth showing. */
export function orderIdOf(raw: unknown): string | null {
  const id = valueAt(raw, ['orderId']);
  return typeof id === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id.trim()) ? id.trim() : null;
}

function issueFindings(issue: z.core.$ZodIssue, raw: unknown): readonly Finding[] {
  const field = fieldName(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_FINDINGS).map((key) => finding('ORD-UNKNOWN-FIELD', fieldName([...issue.path, key])));
  }
  if (isEmpty(valueAt(raw, issue.path))) return [finding('ORD-MISSING', field)];
  return [finding('ORD-SCHEMA', field, issue.message.slice(0, 300))];
}

function finding(code: Finding['code'], field: string, note?: string): Finding {
  return { code, field, detail: note === undefined ? { field } : { field, note } };
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map((part) => printable(String(part))).join('.');
  return name === '' ? 'order' : name.slice(0, MAX_NAME_CHARS * 2);
}

/** A name from the file as it may stand in a report: one line, not long. */
function printable(name: string): string {
  return name.slice(0, MAX_NAME_CHARS).replace(/[\p{Cc}\p{Cf}]/gu, '�');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return value;
}
