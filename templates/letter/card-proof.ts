import { cardWidthPx } from '../compile/compiled-template.ts';
import type { RenderedCard, RgbPicture } from '../render/card-face.ts';
import type { Fonts } from '../render/fonts.ts';
import { openPage, petrol, type PdfPage } from './pdf-page.ts';

/** An ID-1 card (ISO/IEC 7810) in millimetres, and in dots at 300 an inch: the card raster less its bleed. */
const cardWidthMm = 85.6;
const trimmed = { widthPx: 1011, heightPx: 638 } as const;
const leftMm = (210 - cardWidthMm) / 2;

/**
 * Makes a proof of a card: an A4 PDF with both sides at the size of the card, each stamped PROV so that nobody takes it for one.
 * `dated` is an ISO date. Throws `TPL-FONT` when the fonts are not there.
 */
export async function makeCardProof(card: Pick<RenderedCard, 'front' | 'back' | 'templateId' | 'templateVersion'>, dated: string, fonts: Fonts): Promise<Uint8Array> {
  const page = await openPage('Provtryck', dated, fonts, 'TPL-FONT');
  const block = { xMm: leftMm, widthMm: cardWidthMm, sizePt: 9, weight: 400, colour: petrol } as const;
  page.write('Provtryck, inte ett giltigt kort', { ...block, yMm: 30, sizePt: 16, weight: 700 });
  page.write(`Skala 1:1. Mall ${card.templateId} ${card.templateVersion}. ${dated}`, { ...block, yMm: 37 });
  await placeSide(page, card.front, 'Framsida', 50);
  await placeSide(page, card.back, 'Baksida', 120);
  return page.save();
}

async function placeSide(page: PdfPage, side: RgbPicture, name: string, topMm: number): Promise<void> {
  page.write(name, { xMm: leftMm, yMm: topMm - 2, widthMm: cardWidthMm, sizePt: 9, weight: 600, colour: petrol });
  await page.picture(trimBleed(side), leftMm, topMm, cardWidthMm);
  page.stamp('PROV', leftMm + 14, topMm + 45, 72, 27);
}

/** The part of the card raster that stays on the card, whatever its resolution. */
function trimBleed({ rgb, widthPx, heightPx }: RgbPicture): RgbPicture {
  const scale = widthPx / cardWidthPx;
  const [keptWidthPx, keptHeightPx] = [trimmed.widthPx * scale, trimmed.heightPx * scale];
  const [left, top] = [Math.floor((widthPx - keptWidthPx) / 2), Math.floor((heightPx - keptHeightPx) / 2)];
  const rows = Array.from({ length: keptHeightPx }, (_, row) => {
    const start = ((top + row) * widthPx + left) * 3;
    return rgb.subarray(start, start + keptWidthPx * 3);
  });
  return { widthPx: keptWidthPx, heightPx: keptHeightPx, rgb: Buffer.concat(rows) };
}
