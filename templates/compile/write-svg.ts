import { designGrid, type CardGrid } from './card-grid.ts';
import { cardHeightPx, cardWidthPx } from './compiled-template.ts';
import type { SvgElement } from './svg-tree.ts';

/** Text as it may stand between tags or in an attribute of an SVG document. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;');
}

/** An SVG document of the card around some elements written by `writeElement`, as large as a grid. */
export function cardSvg(inner: string, grid: CardGrid = designGrid): string {
  const size = `width="${grid.widthDots}" height="${grid.heightDots}" viewBox="0 0 ${cardWidthPx} ${cardHeightPx}" preserveAspectRatio="none"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${inner}</svg>`;
}

/** Writes checked elements back as markup, without those `keep` answers false for. The input was allow-listed; every value is escaped anew. */
export function writeElement(element: SvgElement, keep: (element: SvgElement) => boolean): string {
  if (!keep(element)) return '';
  const pairs = [...element.attributes, ...element.properties].filter(([key]) => key !== 'xml:space' && !key.startsWith('data-'));
  const attributes = pairs.map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('');
  const inner = element.children.map((child) => (typeof child === 'string' ? escapeXml(child) : writeElement(child, keep))).join('');
  return inner === '' ? `<${element.name}${attributes}/>` : `<${element.name}${attributes}>${inner}</${element.name}>`;
}

/** The characters of an element and all below it. */
export function textOf(element: SvgElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
