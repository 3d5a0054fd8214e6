import type { FontWeight, TextDirection, TextStyle } from './compiled-template.ts';
import { templateFault, type SvgElement } from './svg-tree.ts';
import { apply, type Matrix } from './transform.ts';
import { textOf } from './write-svg.ts';

const weights: ReadonlyMap<string, FontWeight> = new Map<string, FontWeight>([
  ['300', 300], ['400', 400], ['normal', 400], ['600', 600], ['700', 700], ['bold', 700], ['900', 900],
]);

/** Properties as an element sees them: its own over those of its ancestors. */
export type Inherited = ReadonlyMap<string, string>;

/** A text element read as one line: what it says, how it is set, where its origin lies on the card. */
export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly style: TextStyle;
}

/** The properties of an element inside what it inherits. */
export function inherit(above: Inherited, element: SvgElement): Inherited {
  return new Map([...above, ...element.properties]);
}

/** Reads the face of a text and refuses any but the shipped one. Throws `TPL-INVALID`. */
export function readWeight(properties: Inherited, file: string): FontWeight {
  const family = (properties.get('font-family') ?? '').replaceAll(/['"]/g, '').trim();
  if (family !== 'Source Sans 3') throw templateFault(file, `a text is set in ${family === '' ? 'no font-family' : family}, not in Source Sans 3`);
  if ((properties.get('font-style') ?? 'normal') !== 'normal') throw templateFault(file, 'only upright text is shipped');
  const weight = weights.get(properties.get('font-weight') ?? '400');
  if (weight === undefined) throw templateFault(file, `font-weight ${properties.get('font-weight') ?? ''} is not shipped`);
  return weight;
}

/**
 * Reads a text element whose transforms are `matrix`: translate and scale are worked into position and size, a right-angle
 * rotation gives the direction, anything else is refused with `TPL-INVALID`.
 */
export function placeText(element: SvgElement, matrix: Matrix, above: Inherited, file: string): PlacedText {
  const line = firstLine(element);
  const properties = inherit(inherit(above, element), line);
  const x = Number(line.attributes.get('x') ?? element.attributes.get('x') ?? 0);
  const y = Number(line.attributes.get('y') ?? element.attributes.get('y') ?? 0);
  const { direction, scale } = readTurn(matrix, file);
  const size = Number.parseFloat(properties.get('font-size') ?? '') * scale;
  if (!Number.isFinite(x + y + size) || size <= 0) throw templateFault(file, `text "${textOf(element)}" has no position or font-size`);
  const origin = apply(matrix, x, y);
  const lineHeight = Number(element.attributes.get('data-line-height') ?? 0) * scale;
  const style: TextStyle = {
    weight: readWeight(properties, file),
    sizePx: size,
    baselinePx: direction === 'across' ? origin.y : origin.x,
    lineHeightPx: lineHeight > 0 ? lineHeight : size * 1.2,
    direction,
  };
  return { text: textOf(element).replaceAll(/\s+/g, ' ').trim(), x: origin.x, y: origin.y, style };
}

function firstLine(element: SvgElement): SvgElement {
  const child = element.children.find((one): one is SvgElement => typeof one !== 'string' && one.name === 'tspan');
  return child === undefined ? element : firstLine(child);
}

function readTurn(m: Matrix, file: string): { readonly direction: TextDirection; readonly scale: number } {
  const near = (p: number, q: number): boolean => Math.abs(p - q) < 1e-3;
  if (near(m.b, 0) && near(m.c, 0) && m.a > 0 && near(m.a, m.d)) return { direction: 'across', scale: m.a };
  if (near(m.a, 0) && near(m.d, 0) && m.c > 0 && near(m.c, -m.b)) return { direction: 'up', scale: m.c };
  if (near(m.a, 0) && near(m.d, 0) && m.b > 0 && near(m.b, -m.c)) return { direction: 'down', scale: m.b };
  throw templateFault(file, 'a text is skewed, stretched or turned by other than a right angle');
}
