import { describe, expect, test } from 'vitest';
import { StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import { linkFaults, mechanicalFaults, parseFault, type PathFault } from '../../simulator/machine/card-path-faults.ts';
import { armFault, changeRibbon, closeCover } from '../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../simulator/machine/card-path-ribbon.ts';
import type { CardPath } from '../../simulator/machine/card-path.ts';
import { blackCard, colourCard, hasty, openEvolisSubject, patient, type PrinterSubject, type TestCard } from '../support/simulated-printer.ts';

/** One card's way with a fault armed; `fails` is the step that must stop, with this code. */
interface Scenario {
  readonly fault: string;
  readonly step: Step;
  readonly code: FaultCode;
  /** Where the card must really be afterwards. */
  readonly cardIs: 'feeder' | 'inside' | 'output' | 'reject';
}

type Step = 'feed' | 'move' | 'stripe' | 'print' | 'output' | 'reject';

const scenarios: readonly Scenario[] = [
  { fault: 'feeder-empty@1', step: 'feed', code: 'PRN-FEEDER-EMPTY', cardIs: 'feeder' },
  { fault: 'jam-at-contactless@1', step: 'feed', code: 'PRN-JAM', cardIs: 'inside' },
  { fault: 'jam-at-contact@1', step: 'move', code: 'PRN-JAM', cardIs: 'inside' },
  { fault: 'jam-at-print@1', step: 'print', code: 'PRN-JAM', cardIs: 'inside' },
  { fault: 'jam-at-exit@1', step: 'output', code: 'PRN-JAM', cardIs: 'inside' },
  { fault: 'jam-at-reject@1', step: 'reject', code: 'PRN-JAM', cardIs: 'inside' },
  { fault: 'cover-open@2', step: 'print', code: 'PRN-COVER-OPEN', cardIs: 'inside' },
  { fault: 'ribbon-end@3', step: 'print', code: 'PRN-RIBBON-END', cardIs: 'inside' },
  { fault: 'ribbon-wrong@1', step: 'print', code: 'PRN-RIBBON-WRONG', cardIs: 'inside' },
  { fault: 'head-hot@4', step: 'print', code: 'PRN-TEMPERATURE', cardIs: 'inside' },
  { fault: 'need-cleaning@1', step: 'print', code: 'PRN-CLEANING-OVERDUE', cardIs: 'inside' },
  { fault: 'hopper-full@1', step: 'output', code: 'PRN-OUTPUT-FULL', cardIs: 'inside' },
  { fault: 'left-in-bezel@1', step: 'output', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'reject-full@1', step: 'reject', code: 'PRN-REJECT-FULL', cardIs: 'inside' },
  { fault: 'answered-ok-but-jammed@1', step: 'feed', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'answered-ok-but-jammed@2', step: 'move', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'no-answer@Sic:1', step: 'feed', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'no-answer@Se:2', step: 'output', code: 'PRN-UNKNOWN', cardIs: 'output' },
  { fault: 'half-answer@Sis:1', step: 'move', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'stale-answer@Ss:1', step: 'print', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'connection-cut@3', step: 'print', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'reboot@Sis:1', step: 'move', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'reboot@Ser:1', step: 'reject', code: 'PRN-UNKNOWN', cardIs: 'reject' },
  { fault: 'taken-by-another@Sis:1', step: 'move', code: 'PRN-UNKNOWN', cardIs: 'output' },
  { fault: 'insertion-refused@1', step: 'feed', code: 'PRN-UNKNOWN', cardIs: 'feeder' },
  { fault: 'magnetic-refused@1', step: 'stripe', code: 'PRN-MAGNETIC', cardIs: 'inside' },
];

async function go(subject: PrinterSubject, scenario: Scenario): Promise<void> {
  const { printer } = subject;
  const limit = (step: Step): ReturnType<typeof patient> => (step === scenario.step && /^(no|half)-answer/.test(scenario.fault) ? hasty(1000) : patient());
  await printer.prepare(patient());
  await printer.feed('contactless', limit('feed'));
  await printer.move('contact', limit('move'));
  if (scenario.step === 'stripe') await printer.magnetic?.write({ 2: '123456789' }, limit('stripe'));
  await printer.print(colourCard(), limit('print'));
  await printer.eject(scenario.step === 'reject' ? 'reject' : 'output', limit(scenario.step));
}

function whereIs(path: CardPath<TestCard>, id: string): Scenario['cardIs'] | 'nowhere' {
  if (path.inside?.card.id === id) return 'inside';
  if (path.output.some((card) => card.id === id)) return 'output';
  if (path.reject.some((card) => card.id === id)) return 'reject';
  return path.feeder.some((card) => card.id === id) ? 'feeder' : 'nowhere';
}

const cardsIn = (path: CardPath<TestCard>): number => path.feeder.length + path.output.length + path.reject.length + (path.inside === null ? 0 : 1);

describe('faults of the printer end in their code, and no card is fed twice or lost', () => {
  test.each(scenarios)('$fault stops $step with $code', async (scenario) => {
    await using subject = await openEvolisSubject();
    const { name, nth, trigger } = parseFault(scenario.fault);
    subject.holder.update((path) => armFault(path, name, nth, trigger));
    const fault = await go(subject, scenario).then(() => null, (error: unknown) => error);
    expect(fault).toBeInstanceOf(StationFault);
    expect(fault).toMatchObject({ code: scenario.code });
    expect(whereIs(subject.holder.path, 'blank-1')).toBe(scenario.cardIs);
    expect(cardsIn(subject.holder.path)).toBe(3);
    expect(subject.holder.path.counters.cardsIn).toBe(scenario.cardIs === 'feeder' ? 0 : 1);
    expect(subject.holder.path.faults.armed).toEqual([]);
  });

  test('every named fault has a scenario', () => {
    const covered = new Set<PathFault>(scenarios.map(({ fault }) => parseFault(fault).name));
    covered.add('ribbon-count-ok');
    expect([...mechanicalFaults, ...linkFaults].filter((name) => !covered.has(name))).toEqual([]);
  });

  test('an OK where the ribbon count should be is asked again', async () => {
    await using subject = await openEvolisSubject();
    subject.holder.update((path) => armFault(changeRibbon(path, newRibbon('k', 123)), 'ribbon-count-ok', 1));
    expect(await subject.printer.supplies(patient())).toMatchObject({ ribbon: 'k', ribbonSetsLeft: 123 });
  });

  test('a cover opened in a panel leaves half of it on the card, which can be rejected', async () => {
    await using subject = await openEvolisSubject();
    subject.holder.update((path) => armFault(path, 'cover-open', 1));
    await subject.printer.feed('contactless', patient());
    await expect(subject.printer.print(colourCard(), patient())).rejects.toMatchObject({ code: 'PRN-COVER-OPEN', detail: { data: { card: 'marked' } } });
    const yellow = subject.holder.path.inside?.marks.front.dots.y ?? new Uint8Array();
    expect(yellow.subarray(0, yellow.length / 2).some((dot) => dot > 0)).toBe(true);
    expect(yellow.subarray(yellow.length / 2).every((dot) => dot === 0)).toBe(true);
    subject.holder.update(closeCover);
    expect((await subject.printer.examine(patient())).position).toBe('print');
    await subject.printer.eject('reject', patient());
    expect(subject.holder.path.reject).toEqual([{ id: 'blank-1' }]);
  });

  test('after trouble on the link the driver asks on a new connection and learns what is true', async () => {
    await using subject = await openEvolisSubject();
    subject.holder.update((path) => armFault(path, 'no-answer', 1, 'command:Sic'));
    await expect(subject.printer.feed('contactless', hasty(1000))).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
    expect(await subject.printer.examine(patient())).toMatchObject({ position: 'contactless', cardsFed: 1 });
  });

  test('a printer that restarted in the middle keeps the printed card inside all the same', async () => {
    await using subject = await openEvolisSubject();
    await subject.printer.prepare(patient());
    await subject.printer.feed('contactless', patient());
    subject.holder.update((path) => armFault(path, 'reboot', 1, 'command:Sis'));
    await expect(subject.printer.move('contact', patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
    await subject.printer.print(blackCard(), patient());
    expect(subject.holder.path.inside?.position).toBe('print');
  });

  test('a printer that is not there is offline', async () => {
    await using subject = await openEvolisSubject();
    const { printer } = subject;
    await subject.unplug();
    await expect(printer.examine(hasty(1000))).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
    await expect(printer.feed('contact', hasty(1000))).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
  });
});
