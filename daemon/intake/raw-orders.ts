import { csvOrders } from './csv-orders.ts';
import type { OrderFileKind } from './order-files.ts';
import type { RawOrder } from './raw-order.ts';

/**
 * The orders of a file: one JSON object, a JSON array, NDJSON (one order a line) or CSV with a header row. A broken
 * line leaves the others alone. No text of the file enters a finding, since it may hold personal data.
 */
export function rawOrders(bytes: Uint8Array, kind: OrderFileKind): readonly RawOrder[] {
  const text = utf8(bytes);
  if (text === null) return [broken(null, 'the text is not UTF-8')];
  switch (kind) {
    case 'json':
      return jsonOrders(text);
    case 'ndjson':
      return lineOrders(text);
    case 'csv':
      return csvOrders(text);
  }
}

function jsonOrders(text: string): readonly RawOrder[] {
  const parsed = parseJson(text);
  if (parsed.kind === 'broken') return [broken(null, parsed.note)];
  if (!Array.isArray(parsed.value)) return [{ kind: 'raw', position: null, value: parsed.value }];
  if (parsed.value.length === 0) return [broken(null, 'the list holds no order')];
  return parsed.value.map((value: unknown, index) => ({ kind: 'raw', position: index + 1, value }));
}

function lineOrders(text: string): readonly RawOrder[] {
  const orders = text.split(/\r?\n/).flatMap((line, index): readonly RawOrder[] => {
    if (line.trim() === '') return [];
    const parsed = parseJson(line);
    return [parsed.kind === 'broken' ? broken(index + 1, parsed.note) : { kind: 'raw', position: index + 1, value: parsed.value }];
  });
  return orders.length === 0 ? [broken(null, 'the file holds no order')] : orders;
}

type ParsedJson = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'broken'; readonly note: string };

function parseJson(text: string): ParsedJson {
  if (text.trim() === '') return { kind: 'broken', note: 'the file is empty' };
  try {
    return { kind: 'value', value: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'broken', note: `not JSON${placeOf(error, text)}` };
  }
}

/** Line and column of a syntax error. The message itself is not used: it quotes the text. */
function placeOf(error: SyntaxError, text: string): string {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return ` at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return null;
  }
}

function broken(position: number | null, note: string): RawOrder {
  return { kind: 'broken', position, finding: { code: 'ORD-SCHEMA', field: 'order', detail: { field: 'order', note } } };
}
