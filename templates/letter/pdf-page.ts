import type { Font } from 'fontkit';
import { degrees, PDFDocument, rgb, type PDFFont, type PDFPage, type RGB } from 'pdf-lib';
import sharp from 'sharp';
import { StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { FontWeight } from '../compile/compiled-template.ts';
import { inTime, pictureSeconds } from '../picture/in-time.ts';
import type { RgbPicture } from '../render/card-face.ts';
import { faceOf, type Fonts } from '../render/fonts.ts';

/** Points of a PDF page in a millimetre. */
const pointsPerMm = 72 / 25.4;
/** By how much of a line its layout can differ from the sum of its characters. */
const layoutShare = 0.05;
export const a4WidthMm = 210;
export const a4HeightMm = 297;
export const ink: RGB = rgb(0.09, 0.13, 0.16);
export const petrol: RGB = rgb(0.05, 0.23, 0.33);
export const amber: RGB = rgb(0.94, 0.65, 0.12);

/** How a text is set on a page: weight, size in points, colour, where it starts and how wide its lines may be. */
export interface TextBlock {
  readonly xMm: number;
  /** Base line of the first line, from the top of the page. */
  readonly yMm: number;
  readonly widthMm: number;
  readonly sizePt: number;
  readonly weight: 400 | 600 | 700;
  readonly colour?: RGB;
  readonly leading?: number;
}

/**
 * One A4 page under construction, measured in millimetres from its top left corner. Keeps every text written, so that a check
 * asks what is really there. Fonts are embedded as subsets by fontkit 2 (older subsetters lose letters in silence).
 */
export class PdfPage {
  readonly #document: PDFDocument;
  readonly #page: PDFPage;
  readonly #embedded: ReadonlyMap<FontWeight, PDFFont>;
  readonly #fonts: Fonts;
  readonly #fault: FaultCode;
  readonly texts: string[] = [];

  constructor(document: PDFDocument, page: PDFPage, embedded: ReadonlyMap<FontWeight, PDFFont>, fonts: Fonts, fault: FaultCode) {
    this.#document = document;
    this.#page = page;
    this.#embedded = embedded;
    this.#fonts = fonts;
    this.#fault = fault;
  }

  /** Writes a text broken into lines; gives the base line after the last one. Throws the page's fault for a character the face lacks. */
  write(text: string, block: TextBlock): number {
    const font = this.#font(block.weight);
    const step = (block.sizePt * (block.leading ?? 1.35)) / pointsPerMm;
    let yMm = block.yMm;
    for (const line of this.#breakLines(text, block)) {
      this.#page.drawText(line, { x: block.xMm * pointsPerMm, y: (a4HeightMm - yMm) * pointsPerMm, size: block.sizePt, font, color: block.colour ?? ink });
      this.texts.push(line);
      yMm += step;
    }
    return yMm;
  }

  /** The width a line would take, in millimetres. */
  widthMm(text: string, weight: TextBlock['weight'], sizePt: number): number {
    return this.#font(weight).widthOfTextAtSize(text, sizePt) / pointsPerMm;
  }

  /** Writes one text turned and pale across a place: for what must not be taken for the real thing. */
  stamp(text: string, xMm: number, yMm: number, sizePt: number, angle: number): void {
    const place = { x: xMm * pointsPerMm, y: (a4HeightMm - yMm) * pointsPerMm, rotate: degrees(angle) };
    this.#page.drawText(text, { ...place, size: sizePt, font: this.#font(700), color: rgb(0.75, 0.1, 0.1), opacity: 0.42 });
    this.texts.push(text);
  }

  /** Fills a rectangle. */
  bar(xMm: number, yMm: number, widthMm: number, heightMm: number, colour: RGB): void {
    this.#page.drawRectangle({ x: xMm * pointsPerMm, y: (a4HeightMm - yMm - heightMm) * pointsPerMm, width: widthMm * pointsPerMm, height: heightMm * pointsPerMm, color: colour });
  }

  /** Places a picture (JPEG inside the file, at most `maxWidthPx` wide) with its top left corner at a point. */
  async picture({ rgb: bytes, widthPx, heightPx }: RgbPicture, xMm: number, yMm: number, widthMm: number, maxWidthPx: number = widthPx): Promise<void> {
    const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
    const sized = sharp(bytes, { raw }).timeout({ seconds: pictureSeconds }).resize({ width: Math.min(widthPx, maxWidthPx) });
    const jpeg = await inTime(sized.jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer());
    const image = await this.#document.embedJpg(jpeg);
    const heightMm = (widthMm * heightPx) / widthPx;
    this.#page.drawImage(image, { x: xMm * pointsPerMm, y: (a4HeightMm - yMm - heightMm) * pointsPerMm, width: widthMm * pointsPerMm, height: heightMm * pointsPerMm });
    this.#page.drawRectangle({ x: xMm * pointsPerMm, y: (a4HeightMm - yMm - heightMm) * pointsPerMm, width: widthMm * pointsPerMm, height: heightMm * pointsPerMm, borderColor: rgb(0.75, 0.8, 0.83), borderWidth: 0.4 });
  }

  /** The finished file. The same content and date give the same bytes. */
  save(): Promise<Uint8Array> {
    return this.#document.save();
  }

  #font(weight: FontWeight): PDFFont {
    const font = this.#embedded.get(weight);
    if (font === undefined) throw new StationFault('TPL-FONT', { note: `weight ${weight} is not embedded` });
    return font;
  }

  #breakLines(text: string, block: TextBlock): readonly string[] {
    const lines: string[] = [];
    for (const paragraph of text.normalize('NFC').split('\n')) {
      this.#requireGlyphs(paragraph, block.weight);
      let line = '';
      let sumMm = 0;
      for (const word of paragraph.split(' ')) {
        const longer = line === '' ? word : `${line} ${word}`;
        const wordMm = this.#charactersMm(word, block);
        const longerMm = line === '' ? wordMm : sumMm + this.#charactersMm(' ', block) + wordMm;
        if (line === '' || this.#fits(longer, longerMm, block)) {
          line = longer;
          sumMm = longerMm;
        } else {
          lines.push(line);
          line = word;
          sumMm = wordMm;
        }
      }
      lines.push(line);
    }
    return lines;
  }

  /** Laying out a line anew for each word of it is dear: only where its characters' sum comes near the edge does the layout decide. */
  #fits(line: string, sumMm: number, { weight, sizePt, widthMm }: TextBlock): boolean {
    if (Math.abs(sumMm - widthMm) > widthMm * layoutShare) return sumMm < widthMm;
    return this.widthMm(line, weight, sizePt) <= widthMm;
  }

  /** The sum of the characters' own widths. */
  #charactersMm(text: string, { weight, sizePt }: TextBlock): number {
    const face = faceOf(this.#fonts, weight);
    const units = [...text].reduce((sum, character) => sum + face.glyphForCodePoint(character.codePointAt(0) ?? 0).advanceWidth, 0);
    return ((units / face.unitsPerEm) * sizePt) / pointsPerMm;
  }

  #requireGlyphs(text: string, weight: FontWeight): void {
    const face = faceOf(this.#fonts, weight);
    const strange = [...text].some((character) => /\p{C}/u.test(character) || !face.hasGlyphForCodePoint(character.codePointAt(0) ?? 0));
    if (strange) throw new StationFault(this.#fault, { note: 'a character is not in the face' });
  }
}

type PdfFontkit = Parameters<PDFDocument['registerFontkit']>[0];

/** Gives a page the faces that are open already: one opened anew decodes its kerning tables again, which costs more than the letter. */
function openedFaces({ files, faces }: Fonts): PdfFontkit {
  const byFile = new Map([...files].map(([weight, bytes]) => [bytes, faces.get(weight)]));
  const create = (bytes: Uint8Array): Font => {
    const face = byFile.get(bytes);
    if (face === undefined) throw new StationFault('TPL-FONT', { note: 'a font is embedded that was not opened' });
    return face;
  };
  // The two packages describe the same fontkit 2 with types of their own, which differ in details that are not used here.
  return { create } as unknown as PdfFontkit;
}

/** Opens an A4 page. `dated` (ISO date) becomes the file's date, so that the clock does not change its bytes. */
export async function openPage(title: string, dated: string, fonts: Fonts, fault: FaultCode): Promise<PdfPage> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.registerFontkit(openedFaces(fonts));
  const date = new Date(`${dated}T00:00:00Z`);
  document.setTitle(title);
  document.setProducer('Kortverk');
  document.setCreator('Kortverk');
  document.setCreationDate(date);
  document.setModificationDate(date);
  const embedded = new Map<FontWeight, PDFFont>();
  for (const weight of [400, 600, 700] as const) {
    const bytes = fonts.files.get(weight);
    if (bytes === undefined) throw new StationFault('TPL-FONT', { note: `weight ${weight} is not shipped` });
    embedded.set(weight, await document.embedFont(bytes, { subset: true }));
  }
  const page = document.addPage([a4WidthMm * pointsPerMm, a4HeightMm * pointsPerMm]);
  return new PdfPage(document, page, embedded, fonts, fault);
}
