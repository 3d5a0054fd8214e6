import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstPriority, lastPriority, priorityOf } from '../../../../queue/batch/priority.ts';

const dueAt = fc.option(fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2045, 0, 1) }));

describe('The priority of an order', () => {
  it('puts the earliest due first, to ten minutes', () => {
    const start = Date.UTC(2026, 0, 1);
    expect([0, 599_999, 600_000, 1_200_000].map((ms) => priorityOf({ express: true, dueAt: start + ms }))).toEqual([1, 1, 2, 3]);
    expect(priorityOf({ express: false, dueAt: start })).toBe(1_048_576);
    expect(priorityOf({ express: false, dueAt: null })).toBe(2_097_150);
  });

  it('puts every express order before every standard one, and never leaves the range of BullMQ', () => {
    fc.assert(
      fc.property(dueAt, dueAt, (one, other) => {
        const express = priorityOf({ express: true, dueAt: one });
        const standard = priorityOf({ express: false, dueAt: other });
        expect(express).toBeGreaterThanOrEqual(firstPriority);
        expect(express).toBeLessThan(standard);
        expect(standard).toBeLessThanOrEqual(lastPriority);
      }),
    );
  });

  it('never puts a later due time before an earlier one', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.integer(), fc.integer(), (express, one, other) => {
        const [early, late] = [Math.min(one, other) * 1_000, Math.max(one, other) * 1_000];
        expect(priorityOf({ express, dueAt: early })).toBeLessThanOrEqual(priorityOf({ express, dueAt: late }));
      }),
    );
  });
});
