import { describe, expect, test } from 'vitest';
import { openTcpPort } from '../../../../../drivers/channel/tcp-port.ts';
import { systemClock } from '../../../../../drivers/contracts/clock.ts';
import type { Printer } from '../../../../../drivers/contracts/printer.ts';
import { openEvolisPrinter } from '../../../../../drivers/printer/evolis/evolis-printer.ts';
import { openScriptedDevice, type ScriptedDevice } from '../../../../support/scripted-device.ts';
import { blackCard, hasty, openEvolisSubject, patient } from '../../../../support/simulated-printer.ts';

const answering = async (...answers: string[]): Promise<ScriptedDevice> => openScriptedDevice(answers.map((answer) => ({ send: `${answer}\r` })));
const driver = async (device: ScriptedDevice): Promise<Printer> =>
  openEvolisPrinter({ connect: async (limit) => openTcpPort({ host: '127.0.0.1', port: device.port, clock: systemClock }, limit), clock: systemClock }, patient());
const asked = (device: ScriptedDevice): readonly string[] => device.received.map((text) => text.slice(1, -1));

describe('where the card is', () => {
  test.each([
    ['none', ['OK', '0,20 Volts', '7', '30']],
    ['none', ['NO CARD', '0,20 Volts', '7', '30']],
    ['exit', ['OK', '4,90 Volts', '7', '30']],
    ['none', ['OK', 'ERROR CDE', '7', '30']],
    ['print', ['CARD', '7', '30']],
    ['contact', ['SMART CARD', '7', '30']],
    ['contactless', ['CONTACTLESS CARD', '7', '30']],
    ['unknown', ['ERR CARD', '7', '30']],
    ['unknown', ['CARD JAM', '7', '30']],
    ['unknown', ['something', '7', '30']],
  ])('is %s after %j', async (position, answers) => {
    await using device = await answering(...answers);
    await using printer = await driver(device);
    expect(await printer.examine(patient())).toEqual({ position, cardsFed: 7, panelsPrinted: 30, cardsToOutput: null, cardsToReject: null });
  });
});

describe('what the printer does not tell', () => {
  test('is null: no ribbon, counts that are no numbers', async () => {
    await using device = await answering('ERR RIB DETECTION', 'OK', 'OK', 'OK', 'ERROR CDE', 'ERROR CDE');
    await using printer = await driver(device);
    expect(await printer.supplies(patient())).toEqual({ ribbon: null, ribbonSetsLeft: null, cardsUntilCleaning: null, head: null, headCards: null });
    expect(asked(device)).toEqual(['Rr', 'Rrt;count', 'Rrt;count', 'Rrt;count', 'Rco;r', 'Rkn']);
  });

  test('a station is there only when its offset can be asked', async () => {
    await using device = await answering('Zenius', '100', '1.0', '0', 'OPT NOT AVAILABLE', 'OPT NOT AVAILABLE');
    await using printer = await driver(device);
    expect(await printer.describe(patient())).toMatchObject({ model: 'Zenius', serial: '100', firmware: '1.0', stations: ['contactless'], duplex: false, magnetic: false });
  });

  test('who it is, it must tell', async () => {
    await using device = await answering('ERROR CDE');
    await using printer = await driver(device);
    await expect(printer.describe(patient())).rejects.toMatchObject({ code: 'PRN-CAPABILITY' });
  });
});

describe('an OK is not believed', () => {
  test('when the card is not where it was sent', async () => {
    await using device = await answering('OK', '0,20 Volts', 'OK', 'CARD');
    await using printer = await driver(device);
    await expect(printer.feed('contact', patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN', detail: { data: { position: 'print' } } });
    expect(asked(device)).toEqual(['Rlr;p', 'Rse;b', 'Sis', 'Rlr;p']);
  });

  test('when the printer falls silent before it can be asked', async () => {
    await using device = await answering('OK', '0,20 Volts', 'OK');
    await using printer = await driver(device);
    await expect(printer.feed('contact', hasty(1000))).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
    expect(asked(device)).toEqual(['Rlr;p', 'Rse;b', 'Sis', 'Rlr;p', 'Rlr;p']);
  });

  test('when the ejected card is still at the bezel', async () => {
    await using device = await answering('CARD', 'OK', 'OK', '4,90 Volts');
    await using printer = await driver(device);
    await expect(printer.eject('output', patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN', detail: { data: { position: 'exit' } } });
  });
});

test('a card at the bezel blocks the next feed, and nothing is sent', async () => {
  await using device = await answering('OK', '4,90 Volts');
  await using printer = await driver(device);
  await expect(printer.feed('contactless', patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
  expect(asked(device)).toEqual(['Rlr;p', 'Rse;b']);
});

test('a cleaning card is drawn through an empty machine, and counted; never when a card is inside', async () => {
  await using subject = await openEvolisSubject();
  await subject.printer.feed('contactless', patient());
  await expect(subject.printer.clean?.(patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN', detail: { data: { position: 'contactless' } } });
  await subject.printer.eject('output', patient());
  await subject.printer.clean?.(patient());
  expect(subject.holder.path.counters).toMatchObject({ cleanings: 1, cardsSinceCleaning: 0 });
});

test('nothing is printed twice when a print is given up', async () => {
  await using subject = await openEvolisSubject();
  await subject.printer.feed('contactless', patient());
  const abort = new AbortController();
  const printing = subject.printer.print(blackCard(), { signal: abort.signal, timeoutMs: 10_000 });
  abort.abort();
  await expect(printing).rejects.toMatchObject({ code: 'STA-ABORTED' });
  expect(subject.holder.path.inside?.marks.front.passes.k ?? 0).toBeLessThanOrEqual(1);
  await subject.printer.eject('reject', patient());
  expect(subject.left).toMatchObject([{ card: { id: 'blank-1' }, to: 'reject' }]);
});
