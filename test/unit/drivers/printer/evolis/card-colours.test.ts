import { describe, expect, test } from 'vitest';
import type { CardImage } from '../../../../../drivers/contracts/card-image.ts';
import { changeRibbon } from '../../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../../simulator/machine/card-path-ribbon.ts';
import { composeSide } from '../../../../../simulator/printer/card-picture.ts';
import { complement } from '../../../../../templates/panels/dye-conversion.ts';
import { overlayPanel, seenBySomeone, separate } from '../../../../../templates/panels/separate.ts';
import { openEspfSubject } from '../../../../support/simulated-espf.ts';
import { openMagicardSubject } from '../../../../support/simulated-magicard.ts';
import { blockPanel, openEvolisSubject, patient, type PrinterSubject } from '../../../../support/simulated-printer.ts';

const dots = 1016 * 648;

/** Colour in smooth slopes, as a photo has them. */
function slopes(): Uint8Array {
  const rgb = new Uint8Array(dots * 3);
  for (let dot = 0; dot < dots; dot += 1) {
    const [x, y] = [dot % 1016, Math.floor(dot / 1016)];
    rgb[dot * 3] = Math.round((x * 255) / 1015);
    rgb[dot * 3 + 1] = Math.round((y * 255) / 647);
    rgb[dot * 3 + 2] = Math.round(127 + 127 * Math.sin((x + y) / 90));
  }
  return rgb;
}

async function printed(subject: PrinterSubject, image: CardImage): Promise<Uint8Array> {
  subject.holder.update((path) => changeRibbon(path, newRibbon('ymcko', 10)));
  if ((await subject.printer.describe(patient())).stations.length > 0) await subject.printer.feed('contactless', patient());
  await subject.printer.print(image, patient());
  const marks = subject.holder.path.inside?.marks ?? subject.left[0]?.marks;
  if (marks === undefined) throw new Error('no card was printed');
  return composeSide(marks.front);
}

describe('the printed card is the rendered one, after panels, levels, compression and decoding', () => {
  test.each<[string, () => Promise<PrinterSubject>]>([
    ['on the escape language', openEvolisSubject],
    ['through the service', openEspfSubject],
    ['on a Magicard', openMagicardSubject],
  ])('%s: mean difference under 2 of 255', async (_name, open) => {
    await using subject = await open();
    const rgb = slopes();
    const k = blockPanel(37);
    const wanted = seenBySomeone(rgb, k);
    const seen = await printed(subject, { front: separate(complement(rgb), k, overlayPanel([])), digest: '' });
    let difference = 0;
    for (let at = 0; at < wanted.length; at += 1) difference += Math.abs((wanted[at] ?? 0) - (seen[at] ?? 0));
    const mean = difference / wanted.length;
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(2);
  });
});
