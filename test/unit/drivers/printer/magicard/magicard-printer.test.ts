import { describe, expect, test } from 'vitest';
import type { CardImage } from '../../../../../drivers/contracts/card-image.ts';
import { armFault, changeRibbon, closeCover } from '../../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../../simulator/machine/card-path-ribbon.ts';
import { composeSide } from '../../../../../simulator/printer/card-picture.ts';
import { cutFromField } from '../../../../../drivers/codec/magicard-raster.ts';
import { magicardJobBytes, magicardJobPicture } from '../../../../support/printer-vectors.ts';
import { openRawHost } from '../../../../support/raw-host.ts';
import { openMagicardSubject } from '../../../../support/simulated-magicard.ts';
import { blockPanel, hasty, patient } from '../../../../support/simulated-printer.ts';

const dots = 1016 * 648;
/** A dye panel on the grid of 64 levels, so that it survives the wire unchanged. */
const dye = (seed: number): Uint8Array => Uint8Array.from({ length: dots }, (_, dot) => Math.floor(((dot * seed) % 64) * 255 / 63));
const side = (panels: Partial<CardImage['front']>): CardImage['front'] => ({ widthDots: 1016, heightDots: 648, ...panels });
const full = (): Uint8Array => new Uint8Array(dots).fill(1);
const card = (): CardImage => ({ front: side({ y: dye(1), m: dye(3), c: dye(7), k: blockPanel(20), overlay: full() }), back: side({ k: blockPanel(11) }), digest: '' });

describe('a Magicard', () => {
  test('tells who it is, and that it has no chip stations', async () => {
    await using subject = await openMagicardSubject();
    expect(await subject.printer.describe(patient())).toMatchObject({ maker: 'Magicard', model: 'Enduro Duo', stations: [], duplex: true, heightDots: 648 });
    expect(await subject.printer.supplies(patient())).toMatchObject({ ribbon: 'YMCKO', ribbonSetsLeft: 500, cardsUntilCleaning: 1000, headCards: 0 });
  });

  test('takes a blank, prints both sides dot for dot, and puts the card out', async () => {
    await using subject = await openMagicardSubject();
    const image = card();
    await subject.printer.prepare(patient());
    await subject.printer.print(image, patient());
    expect(subject.left).toMatchObject([{ card: { id: 'blank-1' }, to: 'output' }]);
    const { front, back } = subject.left[0]?.marks ?? { front: { dots: {}, passes: {} }, back: { dots: {}, passes: {} } };
    for (const ink of ['y', 'm', 'c', 'k', 'overlay'] as const) expect(Buffer.compare(front.dots[ink] ?? new Uint8Array(), image.front[ink] ?? new Uint8Array()), ink).toBe(0);
    expect(Object.keys(back.dots)).toEqual(['k']);
    expect(Buffer.compare(back.dots.k ?? new Uint8Array(), image.back?.k ?? new Uint8Array())).toBe(0);
    expect(await subject.printer.examine(patient())).toEqual({ position: 'unknown', cardsFed: null, panelsPrinted: 6, cardsToOutput: 1, cardsToReject: null });
  });

  test('refuses what it cannot do, and feeds nothing for it', async () => {
    await using subject = await openMagicardSubject();
    const { printer } = subject;
    const capability = { code: 'PRN-CAPABILITY' };
    await expect(printer.feed('contact', patient())).rejects.toMatchObject(capability);
    await expect(printer.move('contactless', patient())).rejects.toMatchObject(capability);
    await expect(printer.eject('reject', patient())).rejects.toMatchObject(capability);
    const withHole = full();
    withHole[1000] = 0;
    await expect(printer.print({ front: side({ k: blockPanel(20), overlay: withHole }), digest: '' }, patient())).rejects.toMatchObject(capability);
    await expect(printer.print({ front: side({ k: new Uint8Array(3) }), digest: '' }, patient())).rejects.toMatchObject(capability);
    await expect(printer.print({ front: side({}), digest: '' }, patient())).rejects.toMatchObject(capability);
    subject.holder.update((path) => changeRibbon(path, newRibbon('k', 10)));
    await expect(printer.print(card(), patient())).rejects.toMatchObject({ code: 'PRN-RIBBON-WRONG' });
    subject.holder.update((path) => changeRibbon(path, null));
    await expect(printer.print(card(), patient())).rejects.toMatchObject({ code: 'PRN-RIBBON-WRONG' });
    subject.holder.update((path) => changeRibbon(path, { ...newRibbon('ymcko', 1), panelsWound: 5 }));
    await expect(printer.print(card(), patient())).rejects.toMatchObject({ code: 'PRN-RIBBON-END' });
    expect(subject.holder.path.counters.cardsIn).toBe(0);
  });

  test('without a flip station refuses a back', async () => {
    await using subject = await openMagicardSubject({ model: 'enduro' });
    await expect(subject.printer.print(card(), patient())).rejects.toMatchObject({ code: 'PRN-CAPABILITY' });
  });
});

describe('what goes wrong with a Magicard', () => {
  test.each([
    ['feeder-empty', 'take', { card: 'untouched' }],
    ['jam-at-print', 'arrive:print', { card: 'untouched' }],
    ['cover-open', 'mark', { card: 'marked' }],
    ['hopper-full', 'leave:output', { card: 'marked' }],
  ] as const)('%s ends in an unknown state with the printer\'s numbers', async (fault, trigger, data) => {
    await using subject = await openMagicardSubject();
    subject.holder.update((path) => armFault(path, fault, 1, trigger));
    await expect(subject.printer.print(card(), patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN', detail: { data } });
  });

  test('a connection cut in the middle of a panel prints nothing and is not known to have printed nothing', async () => {
    await using subject = await openMagicardSubject();
    subject.holder.update((path) => armFault(path, 'connection-cut', 3, 'panel'));
    await expect(subject.printer.print(card(), hasty(1500))).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
    expect(subject.holder.path.counters.cardsIn).toBe(0);
  });

  test('a restart in the middle loses the job, and the card is asked for in vain', async () => {
    await using subject = await openMagicardSubject();
    subject.holder.update((path) => armFault(path, 'reboot', 1, 'command:JOB'));
    await expect(subject.printer.print(card(), hasty(1500))).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
  });

  test('a silence while it prints is asked over', async () => {
    await using subject = await openMagicardSubject();
    subject.holder.update((path) => armFault(path, 'half-answer', 2, 'command:INF'));
    await subject.printer.print(card(), patient());
    expect(subject.left).toHaveLength(1);
  }, 30_000);

  test('another program that prints meanwhile is noticed by the counter', async () => {
    await using subject = await openMagicardSubject({ timeFactor: 0.01 });
    const printed = subject.printer.print(card(), patient());
    printed.catch(() => null);
    await expect.poll(() => subject.holder.path.inside).not.toBeNull();
    subject.holder.update((path) => ({ ...path, counters: { ...path.counters, cardsToOutput: 7 } }));
    await expect(printed).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
  });

  test('a host may go on with a stopped job or give it up', async () => {
    await using subject = await openMagicardSubject();
    subject.holder.update((path) => armFault(path, 'cover-open', 2, 'mark'));
    await expect(subject.printer.print(card(), patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
    subject.holder.update(closeCover);
    await using host = await openRawHost(subject.front.port);
    host.send('\x05\x01OKY,\x1c\x03');
    await expect.poll(() => subject.left.length).toBe(1);
  });

  test('a printer that is not there is offline', async () => {
    await using subject = await openMagicardSubject();
    await subject.unplug();
    await expect(subject.printer.examine(hasty(1000))).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
    await expect(subject.printer.print(card(), hasty(1000))).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
  });
});

describe('another program\'s job', () => {
  test('comes out as its picture, dot for dot, and its questions are answered', async () => {
    await using subject = await openMagicardSubject();
    await using host = await openRawHost(subject.front.port);
    host.send(magicardJobBytes());
    host.send('\x05\x05\x05\x05\x05\x05\x05\x05\x05\x01REQ,STA,MSR,\x1c\x03');
    expect(await host.rest()).toMatch(/^\x01STA\$\$1,Enduro Duo,.*\x03\x01STA,MSR48E0251,\x03$/);
    await expect.poll(() => subject.left.length, { timeout: 5000 }).toBe(1);
    const printed = composeSide(subject.left[0]?.marks.front ?? { dots: {}, passes: {} });
    const field = await magicardJobPicture();
    const channel = (offset: number): Uint8Array => cutFromField(Uint8Array.from({ length: 1016 * 672 }, (_, dot) => field[dot * 3 + offset] ?? 0));
    [0, 1, 2].forEach((offset) => { expect(Buffer.compare(Uint8Array.from({ length: dots }, (_, dot) => printed[dot * 3 + offset] ?? 0), channel(offset))).toBe(0); });
    expect(subject.left[0]?.marks.front.passes).toMatchObject({ overlay: 1 });
  });
});
