import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dueWarning } from '../../queue/order/due-warning.ts';
import { refusalFault } from '../../drivers/printer/escape/answers.ts';
import { openOrderStore } from '../../queue/store/sqlite-order-store.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { expectFault } from '../support/queue/expect-fault.ts';
import { dataKey, newOrder } from '../support/queue/stored-orders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hours = (count: number): number => count * 3_600_000;

/** Faults that need no machine. */
describe('faults of time, disk and stripe', () => {
  test('DEL-LATE: an order is at risk a day before it is due, express half an hour', () => {
    const dueAt = Date.UTC(2026, 10, 27, 15);
    expect(dueWarning({ express: false, dueAt }, dueAt - hours(24))).toBeNull();
    expect(dueWarning({ express: false, dueAt }, dueAt - hours(24) + 1)).toBe('DEL-LATE');
    expect(dueWarning({ express: true, dueAt }, dueAt - hours(0.5))).toBeNull();
    expect(dueWarning({ express: true, dueAt }, dueAt)).toBe('DEL-LATE');
  });

  test('DEL-OVERDUE: an order is late a moment after it was due', () => {
    const dueAt = Date.UTC(2026, 10, 27, 15);
    expect(dueWarning({ express: false, dueAt }, dueAt + 1)).toBe('DEL-OVERDUE');
    expect(dueWarning({ express: false, dueAt: null }, dueAt + 1)).toBeNull();
  });

  test.each(['ERROR MAG', 'ERROR MAG DATA', 'ERROR MAG CHECKSUM'])('PRN-MAGNETIC: a printer that answers %s scraps the card', (answer) => {
    expect(refusalFault('Smw', answer)).toMatchObject({ code: 'PRN-MAGNETIC', next: 'scrap' });
  });

  test('STO-WRITE: a picture that cannot be kept refuses the order, and the store goes on', async () => {
    await using folder = await temporaryFolder('store-write');
    using store = openOrderStore({ dir: folder.path, dataKey: dataKey(), clock: systemClock });
    const files = join(folder.path, 'files');
    rmSync(files, { recursive: true });
    writeFileSync(files, 'no folder');
    expectFault('STO-WRITE', () => store.putOrder(newOrder('A')));
    expect(store.summaryOf('A')).toBeNull();
    rmSync(files);
    expect(store.putOrder(newOrder('A'))).toBe('stored');
  });
});
