import { describe, expect, test } from 'vitest';
import type { FaultCode } from '../../../../../drivers/contracts/fault.ts';
import { parseFault } from '../../../../../simulator/machine/card-path-faults.ts';
import { armFault } from '../../../../../simulator/machine/card-path-person.ts';
import { openEspfSubject } from '../../../../support/simulated-espf.ts';
import { blackCard, colourCard, hasty, patient, type PrinterSubject } from '../../../../support/simulated-printer.ts';

type Step = 'feed' | 'move' | 'print' | 'output' | 'reject';

/** `fails` stops with this code; the card is there. */
const scenarios: readonly { readonly fault: string; readonly step: Step; readonly code: FaultCode; readonly cardIs: 'feeder' | 'inside' | 'output' }[] = [
  { fault: 'feeder-empty@1', step: 'feed', code: 'PRN-FEEDER-EMPTY', cardIs: 'feeder' },
  { fault: 'jam-at-contact@1', step: 'move', code: 'PRN-JAM', cardIs: 'inside' },
  { fault: 'jam-at-print@1', step: 'print', code: 'PRN-JAM', cardIs: 'inside' },
  { fault: 'cover-open@2', step: 'print', code: 'PRN-COVER-OPEN', cardIs: 'inside' },
  { fault: 'ribbon-end@3', step: 'print', code: 'PRN-RIBBON-END', cardIs: 'inside' },
  { fault: 'ribbon-wrong@1', step: 'print', code: 'PRN-RIBBON-WRONG', cardIs: 'inside' },
  { fault: 'head-hot@4', step: 'print', code: 'PRN-TEMPERATURE', cardIs: 'inside' },
  { fault: 'need-cleaning@1', step: 'print', code: 'PRN-CLEANING-OVERDUE', cardIs: 'inside' },
  { fault: 'hopper-full@1', step: 'output', code: 'PRN-OUTPUT-FULL', cardIs: 'inside' },
  { fault: 'reject-full@1', step: 'reject', code: 'PRN-REJECT-FULL', cardIs: 'inside' },
  { fault: 'answered-ok-but-jammed@1', step: 'feed', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'no-answer@Sic:1', step: 'feed', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'no-answer@Print:1', step: 'print', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'half-answer@Se:1', step: 'output', code: 'PRN-UNKNOWN', cardIs: 'output' },
  { fault: 'stale-answer@Sis:1', step: 'move', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'connection-cut@3', step: 'print', code: 'PRN-OFFLINE', cardIs: 'inside' },
  { fault: 'reboot@Sis:1', step: 'move', code: 'PRN-UNKNOWN', cardIs: 'inside' },
  { fault: 'insertion-refused@1', step: 'feed', code: 'PRN-UNKNOWN', cardIs: 'feeder' },
  { fault: 'taken-by-another@Print:1', step: 'print', code: 'PRN-RESERVED', cardIs: 'inside' },
];

async function go({ printer }: PrinterSubject, step: Step, fault: string): Promise<void> {
  const limit = (now: Step): ReturnType<typeof patient> => (now === step && /^(no|half)-answer/.test(fault) ? hasty(now === 'print' ? 8000 : 2500) : patient());
  await printer.prepare(patient());
  await printer.feed('contactless', limit('feed'));
  await printer.move('contact', limit('move'));
  await printer.print(colourCard(), limit('print'));
  await printer.eject(step === 'reject' ? 'reject' : 'output', limit(step));
}

describe('through the service', () => {
  test.each(scenarios)('$fault stops $step with $code', async ({ fault, step, code, cardIs }) => {
    await using subject = await openEspfSubject();
    const { name, nth, trigger } = parseFault(fault);
    subject.holder.update((path) => armFault(path, name, nth, trigger));
    await expect(go(subject, step, fault)).rejects.toMatchObject({ code });
    const { path } = subject.holder;
    expect({ feeder: path.feeder.length, inside: path.inside === null ? 0 : 1, output: path.output.length }).toEqual({ feeder: cardIs === 'feeder' ? 3 : 2, inside: cardIs === 'inside' ? 1 : 0, output: cardIs === 'output' ? 1 : 0 });
    expect(path.faults.armed).toEqual([]);
  });

  test('a printer that another client holds for a moment is waited for', async () => {
    await using subject = await openEspfSubject();
    subject.holder.update((path) => armFault(path, 'taken-by-another', 1, 'command:Sic'));
    await subject.printer.feed('contactless', patient());
    expect(subject.holder.path).toMatchObject({ inside: { position: 'contactless' }, counters: { cardsIn: 1 } });
  });

  test('a cancelled job leaves no event behind, and the next card is printed', async () => {
    await using subject = await openEspfSubject();
    subject.holder.update((path) => armFault(path, 'need-cleaning', 1));
    await subject.printer.feed('contactless', patient());
    await expect(subject.printer.print(blackCard(), patient())).rejects.toMatchObject({ code: 'PRN-CLEANING-OVERDUE' });
    subject.holder.update((path) => ({ ...path, standing: [] }));
    await subject.printer.print(blackCard(), patient());
    expect(subject.holder.path.inside?.marks.front.passes).toEqual({ k: 1 });
  });

  test('a service that is not there is offline', async () => {
    await using subject = await openEspfSubject();
    await subject.unplug();
    await expect(subject.printer.examine(hasty(1000))).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
    await expect(subject.printer.feed('contact', hasty(1000))).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
  });
});
