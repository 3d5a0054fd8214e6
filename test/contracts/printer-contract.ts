import { describe, expect, test } from 'vitest';
import type { CardImage, Ink, SideImage } from '../../drivers/contracts/card-image.ts';
import type { CardStation } from '../../drivers/contracts/printer.ts';
import { changeRibbon, emptyFeeder } from '../../simulator/machine/card-path-person.ts';
import type { SideMarks } from '../../simulator/machine/card-path-marks.ts';
import { newRibbon } from '../../simulator/machine/card-path-ribbon.ts';
import { blackCard, colourCard, patient, type PrinterSubject } from '../support/simulated-printer.ts';

const inks: readonly Ink[] = ['y', 'm', 'c', 'k', 'overlay'];

/** The two must agree in every panel and every dot; a panel that was not asked for must not be there. */
function expectSide(marks: SideMarks, wanted: SideImage): void {
  for (const ink of inks) {
    const [printed, asked] = [marks.dots[ink], wanted[ink]];
    expect(printed === undefined, `${ink} printed`).toBe(asked === undefined);
    if (printed !== undefined && asked !== undefined) expect(Buffer.compare(printed, asked), `${ink} dots`).toBe(0);
    expect(marks.passes[ink] ?? 0).toBe(asked === undefined ? 0 : 1);
  }
}

/** What every printer that moves cards past chip stations must do, whatever its protocol. */
export function printerContract(name: string, open: () => Promise<PrinterSubject>): void {
  describe(`${name} keeps the printer contract: moves`, () => {
    test('tells who it is', async () => {
      await using subject = await open();
      const description = await subject.printer.describe(patient());
      expect(description).toMatchObject({ stations: ['contactless', 'contact'], duplex: true, colour: true, widthDots: 1016, heightDots: 648 });
      expect(description.serial).not.toBe('');
      expect(description.firmware).not.toBe('');
    });

    test('can be prepared again and again, and moves nothing by it', async () => {
      await using subject = await open();
      const before = subject.holder.path;
      await subject.printer.prepare(patient());
      await subject.printer.prepare(patient());
      expect(subject.holder.path).toEqual(before);
    });

    test.each<CardStation>(['contactless', 'contact'])('feeds one blank to %s and says where it is', async (station) => {
      await using subject = await open();
      const before = await subject.printer.examine(patient());
      await subject.printer.feed(station, patient());
      const after = await subject.printer.examine(patient());
      expect(before.position).toBe('none');
      expect(after.position).toBe(station);
      if (before.cardsFed !== null) expect(after.cardsFed).toBe(before.cardsFed + 1);
      expect(subject.holder.path.inside).toMatchObject({ card: { id: 'blank-1' }, position: station });
      expect(subject.holder.path.feeder).toHaveLength(2);
    });

    test('feeds no second card', async () => {
      await using subject = await open();
      await subject.printer.feed('contactless', patient());
      await expect(subject.printer.feed('contact', patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
      expect(subject.holder.path.inside).toMatchObject({ card: { id: 'blank-1' }, position: 'contactless' });
      expect(subject.holder.path.feeder).toHaveLength(2);
    });

    test('says that the feeder is empty', async () => {
      await using subject = await open();
      subject.holder.update((path) => emptyFeeder(path).path);
      await expect(subject.printer.feed('contactless', patient())).rejects.toMatchObject({ code: 'PRN-FEEDER-EMPTY' });
      expect((await subject.printer.examine(patient())).position).toBe('none');
    });

    test('moves the card between the stations', async () => {
      await using subject = await open();
      await subject.printer.feed('contactless', patient());
      await subject.printer.move('contact', patient());
      expect(subject.holder.path.inside?.position).toBe('contact');
      await subject.printer.move('contactless', patient());
      expect(subject.holder.path.inside?.position).toBe('contactless');
    });

    test('neither moves, prints nor ejects without a card, and takes none for it', async () => {
      await using subject = await open();
      await expect(subject.printer.move('contact', patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
      await expect(subject.printer.print(blackCard(), patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
      await expect(subject.printer.eject('output', patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
      expect(subject.holder.path.feeder).toHaveLength(3);
    });

    test.each(['output', 'reject'] as const)('ejects to %s', async (to) => {
      await using subject = await open();
      await subject.printer.feed('contact', patient());
      await subject.printer.eject(to, patient());
      expect(subject.left).toMatchObject([{ card: { id: 'blank-1' }, to }]);
      expect(subject.holder.path[to]).toEqual([{ id: 'blank-1' }]);
      expect((await subject.printer.examine(patient())).position).toBe('none');
    });
  });

  describe(`${name} keeps the printer contract: printing`, () => {
    test('prints both sides dot for dot and keeps the card inside', async () => {
      await using subject = await open();
      const image = colourCard();
      await subject.printer.prepare(patient());
      await subject.printer.feed('contactless', patient());
      const { durationMs } = await subject.printer.print(image, patient());
      expect(durationMs).toBeGreaterThan(0);
      const inside = subject.holder.path.inside;
      expect(inside?.position).toBe('print');
      await subject.printer.move('contact', patient());
      await subject.printer.eject('output', patient());
      const [card] = subject.left;
      expectSide(card?.marks.front ?? { dots: {}, passes: {} }, image.front);
      expectSide(card?.marks.back ?? { dots: {}, passes: {} }, image.back ?? { widthDots: 0, heightDots: 0 });
    });

    test('prints a black card with a black ribbon, and counts', async () => {
      await using subject = await open();
      subject.holder.update((path) => changeRibbon(path, newRibbon('k', 10)));
      await subject.printer.prepare(patient());
      await subject.printer.feed('contactless', patient());
      const before = await subject.printer.supplies(patient());
      await subject.printer.print(blackCard(), patient());
      const after = await subject.printer.supplies(patient());
      if (before.ribbonSetsLeft !== null) expect(after.ribbonSetsLeft).toBe(before.ribbonSetsLeft - 1);
      expectSide(subject.holder.path.inside?.marks.front ?? { dots: {}, passes: {} }, blackCard().front);
    });

    test('leaves the card unmarked when the ribbon lacks a panel or a panel has a wrong size', async () => {
      await using subject = await open();
      await subject.printer.feed('contactless', patient());
      const tooSmall: CardImage = { front: { widthDots: 1016, heightDots: 648, k: new Uint8Array(10) }, digest: '' };
      await expect(subject.printer.print(tooSmall, patient())).rejects.toMatchObject({ code: 'PRN-CAPABILITY' });
      subject.holder.update((path) => changeRibbon(path, newRibbon('k', 10)));
      await expect(subject.printer.print(colourCard(), patient())).rejects.toMatchObject({ code: 'PRN-RIBBON-WRONG' });
      subject.holder.update((path) => changeRibbon(path, null));
      await expect(subject.printer.print(blackCard(), patient())).rejects.toMatchObject({ code: 'PRN-RIBBON-WRONG' });
      expect(subject.holder.path.inside).toMatchObject({ position: 'contactless', marks: { front: { passes: {} }, back: { passes: {} } } });
    });

    test('stops waiting when it is told to', async () => {
      await using subject = await open();
      const abort = new AbortController();
      abort.abort();
      await expect(subject.printer.feed('contactless', { signal: abort.signal, timeoutMs: 10_000 })).rejects.toMatchObject({ code: 'STA-ABORTED' });
      expect(subject.holder.path.feeder).toHaveLength(3);
    });
  });

  describe(`${name} keeps the printer contract: magnetic tracks`, () => {
    test('writes tracks and reads them back', async () => {
      await using subject = await open();
      const { magnetic } = subject.printer;
      await subject.printer.feed('contact', patient());
      await magnetic?.write({ 1: 'ID06 TEST', 2: '752=19' }, patient());
      expect(await magnetic?.read(patient())).toEqual({ 1: 'ID06 TEST', 2: '752=19' });
      expect(subject.holder.path.inside).toMatchObject({ position: 'print', marks: { tracks: { 1: 'ID06 TEST', 2: '752=19' } } });
    });

    test('reads a blank stripe as no tracks, and writes no text that a track does not take', async () => {
      await using subject = await open();
      const { magnetic } = subject.printer;
      await expect(magnetic?.write({ 2: '1' }, patient())).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
      await subject.printer.feed('contact', patient());
      expect(await magnetic?.read(patient())).toEqual({});
      await expect(magnetic?.write({ 2: 'LETTERS' }, patient())).rejects.toMatchObject({ code: 'PRN-CAPABILITY' });
    });
  });
}
