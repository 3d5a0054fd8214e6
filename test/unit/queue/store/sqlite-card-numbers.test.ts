import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { monthGroup, type NumberRange } from '../../../../queue/store/sqlite-card-numbers.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';
import { clockAt, dataKey } from '../../../support/queue/stored-orders.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('Card numbers', () => {
  let folder: TemporaryFolder;
  let store: OrderStore;
  let now: number;

  beforeEach(async () => {
    folder = await temporaryFolder('numbers');
    now = Date.UTC(2026, 10, 22);
    store = open();
  });

  afterEach(async () => {
    store[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  function open(cardNumbers?: NumberRange): OrderStore {
    return openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: clockAt(() => now), ...(cardNumbers === undefined ? {} : { cardNumbers }) });
  }

  function reopen(cardNumbers?: NumberRange): void {
    store[Symbol.dispose]();
    store = open(cardNumbers);
  }

  it('count up within a month, one for each attempt, and the same again for the same attempt', () => {
    expect([store.cardNumbers.reserve('A', 1), store.cardNumbers.reserve('A', 1), store.cardNumbers.reserve('A', 2)]).toEqual(['BB-2611-000001', 'BB-2611-000001', 'BB-2611-000002']);
    reopen();
    expect([store.cardNumbers.reserve('A', 1), store.cardNumbers.reserve('B', 1)]).toEqual(['BB-2611-000001', 'BB-2611-000003']);
    now = Date.UTC(2026, 11, 5);
    expect(store.cardNumbers.reserve('C', 1)).toBe('BB-2612-000001');
  });

  it('take the month in Sweden, also where it is another one in Greenwich', () => {
    expect([monthGroup(Date.UTC(2026, 10, 30, 22, 59)), monthGroup(Date.UTC(2026, 10, 30, 23, 1))]).toEqual(['2611', '2612']);
    expect(monthGroup(Date.UTC(2026, 5, 30, 22, 1))).toBe('2607');
  });

  it('are retired for good: neither spent nor given again', () => {
    const number = store.cardNumbers.reserve('A', 1);
    store.cardNumbers.spend(number);
    store.cardNumbers.spend(number);
    store.cardNumbers.retire(number);
    store.cardNumbers.retire(number);
    expectFault('QC-NUMBER-REUSED', () => store.cardNumbers.spend(number));
    expectFault('QC-NUMBER-REUSED', () => store.cardNumbers.adopt(number, 'A', 1));
    expect(store.cardNumbers.reserve('A', 1)).toBe('BB-2611-000002');
    expect(store.cardNumbers.ofOrder('A').map((entry) => [entry.cardNumber, entry.state])).toEqual([['BB-2611-000001', 'retired'], ['BB-2611-000002', 'reserved']]);
  });

  it('from upstream are entered once, and stepped over by the own range', () => {
    store.cardNumbers.adopt('BB-2611-000001', 'A', 1);
    store.cardNumbers.adopt('BB-2611-000001', 'A', 1);
    expectFault('QC-NUMBER-REUSED', () => store.cardNumbers.adopt('BB-2611-000001', 'A', 2));
    expectFault('QC-NUMBER-REUSED', () => store.cardNumbers.adopt('BB-2611-000001', 'B', 1));
    expect(store.cardNumbers.reserve('A', 1)).toBe('BB-2611-000001');
    expect(store.cardNumbers.reserve('B', 1)).toBe('BB-2611-000002');
    expect(store.cardNumbers.find('BB-2611-000001')).toEqual({ cardNumber: 'BB-2611-000001', orderId: 'A', attempt: 1, state: 'reserved' });
    expect(store.cardNumbers.find('BB-2611-000009')).toBeNull();
  });

  it('of a station stay in its part of the range, and say when it is used up', () => {
    reopen({ prefix: 'BB', first: 500_001, last: 500_002 });
    expect([store.cardNumbers.reserve('A', 1), store.cardNumbers.reserve('A', 2)]).toEqual(['BB-2611-500001', 'BB-2611-500002']);
    expectFault('STO-NUMBERS-OUT', () => store.cardNumbers.reserve('A', 3));
    now = Date.UTC(2027, 0, 10);
    expect(store.cardNumbers.reserve('A', 3)).toBe('BB-2701-500001');
  });

  it.each([{ prefix: 'B', first: 1, last: 9 }, { prefix: 'BB', first: 0, last: 9 }, { prefix: 'BB', first: 9, last: 8 }, { prefix: 'BB', first: 1, last: 1_000_000 }])('refuse the impossible range %o', (range) => {
    store[Symbol.dispose]();
    expectFault('CFG-INVALID', () => open(range));
    store = open();
  });
});
