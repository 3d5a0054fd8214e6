import { escapeXml } from '../compile/write-svg.ts';
import type { FittedText } from './fit-text.ts';
import { fontFamily } from './fonts.ts';

const anchors = { left: 'start', centre: 'middle', right: 'end' } as const;

/** The card's own texts as SVG elements for the K layer. Values are escaped: an order never becomes markup. */
export function textSvg(texts: readonly FittedText[]): string {
  return texts.flatMap((text) => text.lines.map((line, index) => lineSvg(text, line, index))).join('');
}

function lineSvg({ field, sizePx }: FittedText, line: string, index: number): string {
  const { rules, style } = field;
  const { x, y, turn } = origin(field, index);
  const set = `font-family="${fontFamily}" font-weight="${style.weight}" font-size="${sizePx}" text-anchor="${anchors[rules.align]}"`;
  return `<text x="${x}" y="${y}" ${set}${turn}>${escapeXml(line)}</text>`;
}

function origin({ box, rules, style }: FittedText['field'], index: number): { readonly x: number; readonly y: number; readonly turn: string } {
  const share = { left: 0, centre: 0.5, right: 1 }[rules.align];
  const down = index * style.lineHeightPx;
  switch (style.direction) {
    case 'across':
      return { x: box.x + share * box.width, y: style.baselinePx + down, turn: '' };
    case 'up':
      return turned(style.baselinePx + down, box.y + (1 - share) * box.height, -90);
    case 'down':
      return turned(style.baselinePx - down, box.y + share * box.height, 90);
  }
}

function turned(x: number, y: number, degrees: number): { readonly x: number; readonly y: number; readonly turn: string } {
  return { x, y, turn: ` transform="rotate(${degrees} ${x} ${y})"` };
}
