import { describe, expect, it } from 'vitest';
import { orderRules } from '../../../queue/rules/rule-table.ts';
import type { RuleCase } from './rule-cases.ts';

/**
 * Tests one rule of the table: what it says of each case, and that the cases show it content at least once and show
 * every code that its row declares, and no other.
 */
export function describeRule(id: string, cases: readonly RuleCase[]): void {
  describe(`rule ${id}`, () => {
    const rule = orderRules.find((row) => row.id === id);

    it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { order, context, findings }) => {
      expect(rule?.check(order, context).map(({ code, field }) => `${code} ${field ?? ''}`)).toEqual(findings);
    });

    it('has a case that passes and one for every code of its row', () => {
      expect(cases.some(({ findings }) => findings.length === 0)).toBe(true);
      const shown = new Set(cases.flatMap(({ findings }) => findings.map((text) => text.split(' ', 1).join())));
      expect([...shown].toSorted()).toEqual([...(rule?.codes ?? [])].toSorted());
    });
  });
}
