import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { BatchReport } from './batch-report.ts';

const expectationSchema = z.record(z.string(), z.strictObject({ outcome: z.enum(['produced', 'refused']), codes: z.array(z.string()) }));

/** What shall become of each order of a batch. */
export type ExpectedOutcomes = z.infer<typeof expectationSchema>;

/** Reads a list of expected outcomes (JSON: order id to outcome). Throws `CFG-INVALID`. */
export async function readExpectedOutcomes(file: string): Promise<ExpectedOutcomes> {
  const parsed = expectationSchema.safeParse(await readJson(file));
  if (!parsed.success) throw new StationFault('CFG-INVALID', { field: file, note: z.prettifyError(parsed.error) });
  return parsed.data;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: file, note: error instanceof SyntaxError ? 'not JSON' : 'the file cannot be read' }, error);
  }
}

/** How a batch differs from what was expected; empty when it does not. An order made by an earlier run counts as produced. */
export function differences(expected: ExpectedOutcomes, report: BatchReport): readonly string[] {
  const found = new Map<string, string>();
  for (const line of report.lines) found.set(line.orderId, line.outcome === 'already produced' ? 'produced' : line.outcome);
  for (const { orderId, file, findings } of report.refused) found.set(orderId ?? file, `refused ${codesOf(findings.map(({ code }) => code))}`);
  const wanted = new Map(Object.entries(expected).map(([orderId, one]) => [orderId, one.outcome === 'produced' ? 'produced' : `refused ${codesOf(one.codes)}`]));
  const missing = [...wanted].filter(([orderId, outcome]) => found.get(orderId) !== outcome).map(([orderId, outcome]) => `${orderId}: expected ${outcome}, got ${found.get(orderId) ?? 'nothing'}`);
  const strangers = [...found.keys()].filter((orderId) => !wanted.has(orderId)).map((orderId) => `${orderId}: not expected, got ${found.get(orderId) ?? ''}`);
  return [...missing, ...strangers];
}

function codesOf(codes: readonly string[]): string {
  return [...new Set(codes)].toSorted().join(' ');
}
