import type { RuleContext } from '../../queue/rules/rule-context.ts';
import { runRules } from '../../queue/rules/rule-table.ts';
import { batchKnowledge } from './batch-knowledge.ts';
import { inFile, type Candidate } from './candidate.ts';
import { defaultIntakeLimits, type IntakeLimits } from './intake-limits.ts';
import type { IntakeResult } from './intake-result.ts';
import { intakeResult, readBatch, stopsOrder } from './read-orders.ts';

/**
 * Reads orders and judges them by every rule, with all findings at once. Orders of the batch also know each other: a
 * second one for the same person, card number or photo is found.
 */
export async function checkOrders(paths: readonly string[], context: RuleContext, limits: IntakeLimits = defaultIntakeLimits): Promise<IntakeResult> {
  const { candidates, ignored } = await readBatch(paths, limits);
  return intakeResult({ candidates: judge(candidates, context), ignored });
}

function judge(candidates: readonly Candidate[], context: RuleContext): readonly Candidate[] {
  const batch = batchKnowledge(context.known);
  return candidates.map((candidate) => {
    const { order, place } = candidate;
    if (order === null) return candidate;
    const findings = [...candidate.findings, ...inFile(runRules(order, { ...context, known: batch.known }), place)];
    if (!findings.some(stopsOrder)) batch.add(order);
    return { ...candidate, findings };
  });
}
