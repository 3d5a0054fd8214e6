import { StationFault } from '../../drivers/contracts/fault.ts';
import { shiftCloses, shiftLot, type ClosedShift, type ShiftLot } from '../../queue/stock/shift-account.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';

/** What a person counted at the bench. */
export interface CountedLot {
  readonly lot: string;
  readonly count: number;
}

/** The shift that runs: since when, and every lot's account so far. */
export interface RunningShift {
  readonly openedAt: number;
  readonly lots: readonly ShiftLot[];
}

/** The account of the running shift with what was counted, of lots that were at the bench in it. Throws `CLI-USAGE` for a lot that is not registered. */
export function runningShift({ stock, shifts }: OrderStore, counted: readonly CountedLot[]): RunningShift {
  const last = shifts.last();
  const lots = stock.lots().map(({ lot }) => lot);
  const unknown = counted.find(({ lot }) => !lots.includes(lot));
  if (unknown !== undefined) throw new StationFault('CLI-USAGE', { field: 'lot', note: `${unknown.lot} is not registered` });
  const accounts = lots.map((lot) => shiftLot(lot, stock.tallyOfLot(lot), counted.find((one) => one.lot === lot)?.count ?? null, last?.lots.find((one) => one.lot === lot) ?? null));
  return { openedAt: last?.closedAt ?? 0, lots: accounts.filter(({ before, issued, counted: found, unsettled, totals }) => before + issued + totals.inside + totals.held > 0 || found !== null || unsettled !== 0) };
}

/**
 * Closes the running shift with what a person counted at the bench; the next one begins. Where the counts do not close, or a
 * blank is inside or held, the person gives the reason. Throws `QC-COUNT` without one.
 */
export function closeShift(store: OrderStore, counted: readonly CountedLot[], by: string, reason: string | null, now: number): ClosedShift {
  return store.atomically(() => {
    const { openedAt, lots } = runningShift(store, counted);
    if (!shiftCloses(lots) && reason === null) throw new StationFault('QC-COUNT', { note: lots.map(openText).filter((text) => text !== '').join('; ') });
    const shift: ClosedShift = { openedAt, closedAt: now, by, reason: shiftCloses(lots) ? null : reason, lots };
    // Lots that rested at the bench are told on, so that the next shift counts from them.
    const rested = store.shifts.last()?.lots.filter(({ lot }) => !lots.some((one) => one.lot === lot)) ?? [];
    store.shifts.add({ ...shift, lots: [...lots, ...rested.map((one): ShiftLot => ({ ...one, issued: 0, good: 0, rejected: 0, returned: 0, tested: 0, unsettled: 0, difference: 0 }))] });
    return shift;
  });
}

function openText({ lot, expected, counted, difference, totals }: ShiftLot): string {
  const said = counted === null ? (expected === 0 ? '' : `${expected} must be at the bench and nobody counted`) : difference === 0 ? '' : `${expected} must be at the bench, ${counted} were counted`;
  const open = totals.inside + totals.held === 0 ? '' : `${totals.inside} inside, ${totals.held} held`;
  const both = [said, open].filter((text) => text !== '').join(', ');
  return both === '' ? '' : `${lot}: ${both}`;
}
