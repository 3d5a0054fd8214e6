import { StationFault } from '../../drivers/contracts/fault.ts';
import type { RgbPicture } from '../render/card-face.ts';
import type { Fonts } from '../render/fonts.ts';
import { englishWording, swedishWording, type LetterWording } from './letter-wording.ts';
import { amber, a4WidthMm, openPage, petrol, type PdfPage } from './pdf-page.ts';

/** All an activation letter may say. There is no place for a PIN: the holder sees it in the portal alone. */
export interface ActivationLetter {
  /** Delivery address as it shall show in the window, name first; at most seven lines. */
  readonly recipient: readonly string[];
  readonly sender: readonly string[];
  readonly holderName: string;
  readonly companyName: string;
  readonly cardNumber: string;
  /** ISO date. */
  readonly validTo: string;
  /** ISO date of the letter. */
  readonly dated: string;
  /** Where the holder activates the card, as a person types it. */
  readonly portal: string;
  /** The front as it was printed. */
  readonly card: RgbPicture;
}

/** Everything a letter holds, by name, for the check that nothing else gets in: the compiler keeps it complete. */
export const letterFields: Readonly<Record<keyof ActivationLetter, true>> = {
  recipient: true, sender: true, holderName: true, companyName: true, cardNumber: true, validTo: true, dated: true, portal: true, card: true,
};

/** A finished letter: an A4 PDF, and every line of text in it. */
export interface MadeLetter {
  readonly pdf: Uint8Array;
  readonly texts: readonly string[];
}

/** Where the address shows through a C5 or C65 envelope with its window to the right. Measure your envelopes before a first run. */
const addressWindow = { xMm: 108, yMm: 47, widthMm: 82, heightMm: 31 } as const;
const marginMm = 22;
/** The small picture in the letter: enough for 70 mm on an office printer. */
const letterPictureWidthPx = 620;
const textWidthMm = a4WidthMm - 2 * marginMm;

/**
 * Makes the letter that goes with a card, Swedish with English below, the address in the envelope's window and a small picture of
 * the card. Throws `DEL-LETTER` when an address does not fit or a character cannot be drawn.
 */
export async function makeActivationLetter(letter: ActivationLetter, fonts: Fonts): Promise<MadeLetter> {
  const page = await openPage(`ID06 ${letter.cardNumber}`, letter.dated, fonts, 'DEL-LETTER');
  writeHead(page, letter);
  await page.picture(letter.card, marginMm, 84, 70, letterPictureWidthPx);
  writeFacts(page, letter);
  const below = writeLanguage(page, letter, swedishWording, 143, 10.5);
  page.bar(marginMm, below + 1, textWidthMm, 0.3, petrol);
  const end = writeLanguage(page, letter, englishWording, below + 10, 9.5);
  if (end > 290) throw new StationFault('DEL-LETTER', { note: 'the text is longer than the page' });
  return { pdf: await page.save(), texts: page.texts };
}

function writeHead(page: PdfPage, letter: ActivationLetter): void {
  page.bar(0, 0, a4WidthMm, 5, petrol);
  page.bar(0, 5, a4WidthMm, 0.9, amber);
  page.write(letter.sender.join('\n'), { xMm: marginMm, yMm: 24, widthMm: 75, sizePt: 9, weight: 400, colour: petrol });
  page.write(letter.dated, { xMm: addressWindow.xMm, yMm: 24, widthMm: 60, sizePt: 9, weight: 400, colour: petrol });
  writeAddress(page, letter.recipient);
}

function writeAddress(page: PdfPage, lines: readonly string[]): void {
  for (let sizePt = 11; sizePt >= 8; sizePt -= 0.5) {
    const heightMm = (lines.length * sizePt * 1.25 * 25.4) / 72;
    const fits = heightMm <= addressWindow.heightMm && lines.every((line) => page.widthMm(line.normalize('NFC'), 400, sizePt) <= addressWindow.widthMm);
    if (!fits) continue;
    page.write(lines.join('\n'), { xMm: addressWindow.xMm, yMm: addressWindow.yMm + 4, widthMm: addressWindow.widthMm, sizePt, weight: 400, leading: 1.25 });
    return;
  }
  throw new StationFault('DEL-LETTER', { field: 'recipient', note: `${lines.length} lines do not fit into the address window` });
}

function writeFacts(page: PdfPage, letter: ActivationLetter): void {
  const xMm = marginMm + 78;
  const label = { xMm, widthMm: 88, sizePt: 9, weight: 400, colour: petrol } as const;
  page.write(`${swedishWording.numberLabel} / ${englishWording.numberLabel}`, { ...label, yMm: 98 });
  page.write(letter.cardNumber, { xMm, yMm: 106, widthMm: 88, sizePt: 21, weight: 700 });
  page.write(`${swedishWording.validLabel} / ${englishWording.validLabel}`, { ...label, yMm: 117 });
  page.write(letter.validTo, { xMm, yMm: 123.5, widthMm: 88, sizePt: 14, weight: 600 });
}

function writeLanguage(page: PdfPage, letter: ActivationLetter, wording: LetterWording, yMm: number, sizePt: number): number {
  const block = { xMm: marginMm, widthMm: textWidthMm, sizePt, weight: 400 } as const;
  let y = page.write(wording.heading, { ...block, yMm, sizePt: sizePt * 1.5, weight: 700, colour: petrol });
  y = page.write(wording.greeting(letter.holderName, letter.companyName), { ...block, yMm: y });
  y = page.write(wording.stepsHeading, { ...block, yMm: y + 2.5, weight: 600 });
  for (const [index, step] of wording.steps(letter.portal, letter.cardNumber).entries()) {
    page.write(`${index + 1}.`, { ...block, yMm: y, weight: 600 });
    y = page.write(step, { ...block, xMm: marginMm + 6, widthMm: textWidthMm - 6, yMm: y });
  }
  return page.write(wording.closing, { ...block, yMm: y + 1.5 });
}
