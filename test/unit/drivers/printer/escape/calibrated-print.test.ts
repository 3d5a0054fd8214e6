import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { PrinterCalibration } from '../../../../../drivers/contracts/printer-calibration.ts';
import type { CardMarks } from '../../../../../simulator/machine/card-path-marks.ts';
import { changeRibbon } from '../../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../../simulator/machine/card-path-ribbon.ts';
import { printerModel } from '../../../../../simulator/printer/printer-identity.ts';
import { blockPanel, colourCard, openEvolisSubject, patient, type PrinterSubject } from '../../../../support/simulated-printer.ts';

const { serial } = printerModel('primacy-2-duplex');
const untouched: PrinterCalibration = { serial, contrast: {}, brightness: {}, offsetRightDots: 0, offsetDownDots: 0 };
const misplaced = { rightDots: 7, downDots: -5 };
const inRegister: PrinterCalibration = { ...untouched, offsetRightDots: -7, offsetDownDots: 5 };

async function print(subject: PrinterSubject): Promise<CardMarks> {
  subject.holder.update((path) => changeRibbon(path, newRibbon('ymcko', 10)));
  await subject.printer.feed('contactless', patient());
  await subject.printer.print(colourCard(), patient());
  const marks = subject.holder.path.inside?.marks;
  if (marks === undefined) throw new Error('no card inside');
  return marks;
}

/** How many dots of K in front differ from the picture that was sent, shifted by so much; dots that came from outside the card do not count. */
function differing({ front }: CardMarks, shift: { readonly rightDots: number; readonly downDots: number }): number {
  const [wanted, printed] = [blockPanel(17), front.dots.k ?? new Uint8Array()];
  let count = 0;
  for (let row = 10; row < 638; row += 1) {
    for (let column = 10; column < 1006; column += 1) {
      if (printed[row * 1016 + column] !== wanted[(row - shift.downDots) * 1016 + column - shift.rightDots]) count += 1;
    }
  }
  return count;
}

describe('a printer that is out of register', () => {
  test('prints aside as long as nobody has measured it', async () => {
    await using subject = await openEvolisSubject({ misplaced });
    const marks = await print(subject);
    expect(differing(marks, misplaced)).toBe(0);
    expect(differing(marks, { rightDots: 0, downDots: 0 })).toBeGreaterThan(10_000);
  });

  test('prints every panel of both sides in its place by the calibration of its serial number', async () => {
    await using subject = await openEvolisSubject({ misplaced, calibrations: [{ ...untouched, serial: 'another', offsetRightDots: 30 }, inRegister] });
    await subject.printer.prepare(patient());
    const marks = await print(subject);
    expect(differing(marks, { rightDots: 0, downDots: 0 })).toBe(0);
    const wanted = colourCard();
    for (const dot of [1016 * 100 + 300, 1016 * 300 + 40, 1016 * 600 + 900]) {
      expect([marks.front.dots.y?.[dot], marks.front.dots.overlay?.[dot], marks.back.dots.k?.[dot]]).toEqual([wanted.front.y?.[dot], wanted.front.overlay?.[dot], wanted.back?.k?.[dot]]);
    }
  });

  test('prints in its place also when it restarted after it was prepared', async () => {
    await using subject = await openEvolisSubject({ misplaced, calibrations: [inRegister] });
    await subject.printer.prepare(patient());
    const other = connect({ host: '127.0.0.1', port: subject.port ?? 0 });
    other.on('error', () => other.destroy());
    other.write('\x1bSrs\r');
    other.resume();
    await once(other, 'close');
    expect(differing(await print(subject), { rightDots: 0, downDots: 0 })).toBe(0);
  });
});

describe('contrast and brightness', () => {
  const mean = (panel: Uint8Array | undefined): number => (panel ?? new Uint8Array(1)).reduce((sum, dye) => sum + dye, 0) / (panel?.length ?? 1);

  test('change the density of the panel they are measured for, and leave white, the other dyes and K', async () => {
    await using plain = await openEvolisSubject();
    await using strong = await openEvolisSubject({ calibrations: [{ ...untouched, contrast: { y: 16 }, brightness: { m: 14 } }] });
    const [before, after] = [(await print(plain)).front.dots, (await print(strong)).front.dots];
    expect(mean(after.y)).toBeGreaterThan(mean(before.y) * 1.1);
    expect(mean(after.m)).toBeLessThan(mean(before.m) * 0.95);
    expect(after.y?.[before.y?.indexOf(0) ?? 0]).toBe(0);
    expect(Buffer.compare(after.c ?? new Uint8Array(), before.c ?? new Uint8Array(1))).toBe(0);
    expect(Buffer.compare(after.k ?? new Uint8Array(), before.k ?? new Uint8Array(1))).toBe(0);
  });
});
