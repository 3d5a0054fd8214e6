import { describe, expect, it } from 'vitest';
import { clockStart, dueAt } from '../../../../queue/order/due-time.ts';
import type { Order } from '../../../../queue/order/order-schema.ts';
import { exampleOrder } from '../../../support/orders/example-order.ts';

const approved = (at: string) => ({ state: 'APPROVED', at }) as const;
const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());

function order(changes: Partial<Order>): Order {
  return { ...exampleOrder(), ...changes };
}

describe('when the clock starts', () => {
  const holder = approved('2026-11-20T14:00:00Z');
  const trade = { organisationCode: 'BYGG', approvalRequired: true };

  it('at the holder approval', () => {
    expect(iso(clockStart(order({ approvals: { holder } })))).toBe('2026-11-20T14:00:00.000Z');
  });

  it('at the trade approval where it is required and later', () => {
    expect(iso(clockStart(order({ trade, approvals: { holder, trade: approved('2026-11-23T07:00:00+01:00') } })))).toBe('2026-11-23T06:00:00.000Z');
    expect(iso(clockStart(order({ trade, approvals: { holder, trade: approved('2026-11-19T07:00:00Z') } })))).toBe('2026-11-20T14:00:00.000Z');
  });

  it('not while one is missing', () => {
    expect(clockStart(order({ approvals: {} }))).toBeNull();
    expect(clockStart(order({ trade, approvals: { holder } }))).toBeNull();
    expect(clockStart(order({ approvals: { holder: { state: 'WAITING', at: '2026-11-20T14:00:00Z' } } }))).toBeNull();
    expect(dueAt(order({ approvals: {} }))).toBeNull();
  });
});

describe('when a card is due', () => {
  it('express: two hours later', () => {
    const delivery = { mode: 'EXPRESS_PICKUP', pickupPoint: 'STOCKHOLM' } as const;
    expect(iso(dueAt(order({ delivery, approvals: { holder: approved('2026-11-20T22:30:00Z') } })))).toBe('2026-11-21T00:30:00.000Z');
  });

  it.each([
    ['2026-11-20T14:00:00Z', '2026-11-27T22:59:59.999Z'],
    ['2026-11-20T23:30:00Z', '2026-11-27T22:59:59.999Z'],
    ['2026-12-22T09:00:00Z', '2027-01-04T22:59:59.999Z'],
    ['2026-06-15T09:00:00Z', '2026-06-23T21:59:59.999Z'],
  ])('standard, approved %s: at the end of the fifth working day, %s', (at, due) => {
    expect(iso(dueAt(order({ approvals: { holder: approved(at) } })))).toBe(due);
  });
});
