import { expect, test } from 'vitest';
import { BenchWatch } from '../../../../daemon/observe/bench-watch.ts';
import { changeRibbon } from '../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../simulator/machine/card-path-ribbon.ts';
import { clockAt } from '../../../support/queue/stored-orders.ts';
import { openEvolisSubject } from '../../../support/simulated-printer.ts';

const never = new AbortController().signal;

test('the figures of a bench are the printer’s own between two cards, the last ones while a card is in hand, and kept when it falls silent', async () => {
  let now = 1_000_000;
  let busy = false;
  const subject = await openEvolisSubject();
  const watch = new BenchWatch({ bench: 'B', printer: subject.printer, clock: clockAt(() => now), queryTimeoutMs: 1_500, printedMs: () => 7, busy: () => busy });
  const setsSeen = async (): Promise<number | null | undefined> => (await watch.view(never)).reading?.supplies.ribbonSetsLeft;
  const wind = (sets: number): void => { subject.holder.update((path) => changeRibbon(path, newRibbon('ymcko', sets))); };
  wind(30);
  expect(await setsSeen()).toBe(30);
  wind(20);
  expect(await setsSeen()).toBe(30);
  now += 6_000;
  busy = true;
  expect(await setsSeen()).toBe(30);
  busy = false;
  expect(await setsSeen()).toBe(20);
  expect(await watch.view(never)).toMatchObject({ bench: 'B', silent: null, printedMs: 7 });
  now += 6_000;
  await subject[Symbol.asyncDispose]();
  expect(await watch.view(never)).toMatchObject({ silent: 'PRN-OFFLINE', reading: { supplies: { ribbonSetsLeft: 20 }, at: 1_006_000 } });
});
