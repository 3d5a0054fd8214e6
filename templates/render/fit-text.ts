import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { TextField } from '../compile/compiled-template.ts';
import type { TextFieldRules } from '../schema/template-manifest.ts';
import { faceOf, type Fonts } from './fonts.ts';

/** A field's text as it will be drawn: its lines and the size that lets the longest fit. */
export interface FittedText {
  readonly field: TextField;
  readonly lines: readonly string[];
  readonly sizePx: number;
}

/** A text that cannot stand in its field, with the reason. */
export interface UnfitText {
  readonly code: FaultCode;
  readonly note: string;
}

const sizeStepPx = 0.25;
/** Ink may reach a little past the advance width; measured within one dot between fontkit and librsvg (both sides). */
const slackPx = 2;
/** Controls, invisible format marks (bidi, joiners), unassigned and private code points: never part of a name. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** The width of one line in dots, by the face's advances with kerning. */
export function measureText(fonts: Fonts, text: string, weight: TextField['style']['weight'], sizePx: number): number {
  const face = faceOf(fonts, weight);
  return (face.layout(text).advanceWidth / face.unitsPerEm) * sizePx;
}

/** A text as it stands on the card: Unicode NFC, single spaces, the field's case, one entry a line; empty lines left out. */
export function normaliseText(text: string, rules: TextFieldRules): readonly string[] {
  const cased = rules.case === 'upper' ? text.toLocaleUpperCase('sv') : text;
  return cased.normalize('NFC').split('\n').map((line) => line.replaceAll(/[ \u00a0]+/g, ' ').trim()).filter((line) => line !== '');
}

/**
 * Fits a text into its field: every character must exist in the face, and the size goes down in quarter dots from the drawn one
 * to the field's floor until the longest line fits. Never clips: what does not fit is answered with `ORD-TEXT-TOO-LONG`,
 * what cannot be drawn with `ORD-CHARACTERS`.
 */
export function fitText(fonts: Fonts, field: TextField, text: string): FittedText | UnfitText {
  const { rules, style, box } = field;
  const lines = normaliseText(text, rules);
  const unknown = lines.find((line) => !printable(fonts, field, line));
  if (unknown !== undefined) return { code: 'ORD-CHARACTERS', note: 'a character is a control or not in the face' };
  if (lines.length > rules.lines) return { code: 'ORD-TEXT-TOO-LONG', note: `${lines.length} lines, ${rules.lines} allowed` };
  const longest = Math.max(0, ...lines.map((line) => [...line].length));
  if (longest > rules.maxLength) return { code: 'ORD-TEXT-TOO-LONG', note: `${longest} characters, ${rules.maxLength} allowed` };
  const room = (style.direction === 'across' ? box.width : box.height) - slackPx;
  const widest = Math.max(0, ...lines.map((line) => measureText(fonts, line, style.weight, 1)));
  for (let sizePx = style.sizePx; sizePx >= rules.minSizePx; sizePx -= sizeStepPx) {
    if (widest * sizePx <= room) return { field, lines, sizePx };
  }
  return { code: 'ORD-TEXT-TOO-LONG', note: `${Math.ceil(widest * rules.minSizePx)} dots wide at the smallest size, ${room} there` };
}

function printable(fonts: Fonts, field: TextField, line: string): boolean {
  const face = faceOf(fonts, field.style.weight);
  return !unprintable.test(line) && [...line].every((character) => face.hasGlyphForCodePoint(character.codePointAt(0) ?? 0));
}
