import type { TemplateManifest } from '../schema/template-manifest.ts';
import { checkPlacement } from './check-placement.ts';
import { cardHeightPx, cardWidthPx, type Box, type CodeField, type CompiledSide, type HintedLabel, type PictureField, type TextField } from './compiled-template.ts';
import { readSvgTree, templateFault, type SvgElement } from './svg-tree.ts';
import { inherit, placeText, readWeight, type Inherited } from './text-style.ts';
import { apply, combine, identity, parseTransform, type Matrix } from './transform.ts';
import { textOf, writeElement } from './write-svg.ts';

type Layer = 'layer-colour' | 'layer-k' | 'layer-overlay';
const layers: readonly Layer[] = ['layer-colour', 'layer-k', 'layer-overlay'];
const plainBlack: ReadonlySet<string> = new Set(['none', 'black', '#000', '#000000']);

interface Found {
  readonly texts: TextField[];
  readonly pictures: PictureField[];
  readonly codes: CodeField[];
  readonly labels: HintedLabel[];
  readonly staticTexts: string[];
  readonly holes: Box[];
}

interface Walk {
  readonly file: string;
  readonly manifest: TemplateManifest;
  readonly layer: Layer;
  readonly found: Found;
}

/**
 * Compiles one side's drawing to data: fixed art as SVG a layer, fields as boxes in dots, holes. The drawing is an SVG with
 * viewBox `0 0 1016 648` and the groups `layer-colour`, `layer-k`, `layer-overlay`; fields are marked by `data-field`.
 * Throws `TPL-INVALID` naming `file` and the reason.
 */
export function compileSide(svg: string, file: string, manifest: TemplateManifest): CompiledSide {
  const root = readSvgTree(svg, file);
  const box = (root.attributes.get('viewBox') ?? '').trim().split(/[\s,]+/).join(' ');
  if (box !== `0 0 ${cardWidthPx} ${cardHeightPx}`) throw templateFault(file, `viewBox is not 0 0 ${cardWidthPx} ${cardHeightPx}`);
  const elements = new Map(layers.map((layer) => [layer, layerOf(root, layer, file)]));
  const kLayer = elements.get('layer-k');
  if (kLayer !== undefined) checkBlack(kLayer, file);
  const found: Found = { texts: [], pictures: [], codes: [], labels: [], staticTexts: [], holes: [] };
  for (const [layer, element] of elements) visit(element, identity, inherit(new Map(), root), { file, manifest, layer, found });
  checkPlacement(found, file);
  return { ...found, colourArt: staticArt(root, elements.get('layer-colour')), kArt: staticArt(root, elements.get('layer-k')), patternArt: patternArt(root, elements.get('layer-overlay')) };
}

function layerOf(root: SvgElement, layer: Layer, file: string): SvgElement {
  const known = new Set(['defs', 'title', 'desc']);
  const groups = root.children.filter((child): child is SvgElement => typeof child !== 'string' && !known.has(child.name));
  const stray = groups.find((group) => !layers.some((name) => name === group.attributes.get('id')));
  if (stray !== undefined) throw templateFault(file, `${stray.name} stands outside the layers ${layers.join(', ')}`);
  const matches = groups.filter((group) => group.name === 'g' && group.attributes.get('id') === layer);
  if (matches.length !== 1 || matches[0] === undefined) throw templateFault(file, `needs one group ${layer}`);
  return matches[0];
}

function staticArt(root: SvgElement, layer: SvgElement | undefined): string {
  const shared = root.children.filter((child): child is SvgElement => typeof child !== 'string' && child.name === 'defs');
  const fixed = (element: SvgElement): boolean => !element.attributes.has('data-field') && !element.attributes.has('data-hinted');
  return [...shared, ...(layer === undefined ? [] : [layer])].map((element) => writeElement(element, fixed)).join('');
}

/** The overlay layer without its holes, or nothing when it holds no pattern. */
function patternArt(root: SvgElement, layer: SvgElement | undefined): string {
  const holdsPattern = (element: SvgElement): boolean => element.attributes.has('data-pattern') || element.children.some((child) => typeof child !== 'string' && holdsPattern(child));
  if (layer === undefined || !holdsPattern(layer)) return '';
  const shared = root.children.filter((child): child is SvgElement => typeof child !== 'string' && child.name === 'defs');
  return [...shared, layer].map((element) => writeElement(element, (one) => !one.attributes.has('data-hole'))).join('');
}

/** A pattern of the varnish is drawn in plain black shapes: where it is black, no varnish lies. */
function checkPattern(element: SvgElement, file: string): void {
  checkBlack(element, file, 'a pattern of layer-overlay');
  if (element.name === 'text') throw templateFault(file, 'a pattern of layer-overlay holds a text');
  for (const child of element.children) if (typeof child !== 'string') checkPattern(child, file);
}

function visit(element: SvgElement, above: Matrix, inherited: Inherited, walk: Walk): void {
  const { attributes } = element;
  const own = parseTransform(attributes.get('transform'));
  if (typeof own === 'string') throw templateFault(walk.file, own);
  const matrix = combine(above, own);
  const properties = inherit(inherited, element);
  const field = attributes.get('data-field');
  if (field !== undefined) return addField(element, field, matrix, inherited, walk);
  if (walk.layer === 'layer-overlay' && element.name === 'rect' && attributes.has('data-hole')) {
    walk.found.holes.push(outward(boxOf(element, matrix, walk.file)));
    return;
  }
  if (walk.layer === 'layer-overlay' && element.name === 'g' && attributes.has('data-pattern')) return checkPattern(element, walk.file);
  if (walk.layer === 'layer-overlay' && element.name !== 'g') throw templateFault(walk.file, 'layer-overlay holds something else than rect elements with data-hole and groups with data-pattern');
  if (element.name === 'text') addStaticText(element, matrix, inherited, walk);
  else for (const child of element.children) if (typeof child !== 'string') visit(child, matrix, properties, walk);
}

function checkBlack(element: SvgElement, file: string, place = 'layer-k'): void {
  for (const [property, value] of element.properties) {
    const paint = property === 'fill' || property === 'stroke' ? plainBlack.has(value) : true;
    const solid = property.endsWith('opacity') ? Number(value) === 1 : true;
    if (!paint || !solid) throw templateFault(file, `${place} holds ${property} ${value}: it prints full black or nothing`);
  }
  if (element.name === 'image') throw templateFault(file, `${place} holds a picture`);
  for (const child of element.children) if (typeof child !== 'string') checkBlack(child, file, place);
}

function addStaticText(element: SvgElement, matrix: Matrix, inherited: Inherited, walk: Walk): void {
  readWeight(inherit(inherit(inherited, element), firstTspan(element)), walk.file);
  const text = textOf(element).replaceAll(/\s+/g, ' ').trim();
  walk.found.staticTexts.push(text);
  if (!element.attributes.has('data-hinted')) return;
  const placed = placeText(element, matrix, inherited, walk.file);
  if (walk.layer !== 'layer-k' || placed.style.direction !== 'across') throw templateFault(walk.file, `hinted label "${text}" must run across layer-k`);
  if (placed.style.sizePx < 20) throw templateFault(walk.file, `hinted label "${text}" is smaller than 20 dots`);
  walk.found.labels.push({ text, x: placed.x, baselinePx: placed.y, weight: placed.style.weight, sizePx: placed.style.sizePx });
}

function firstTspan(element: SvgElement): SvgElement {
  return element.children.find((child): child is SvgElement => typeof child !== 'string' && child.name === 'tspan') ?? element;
}

function addField(element: SvgElement, name: string, matrix: Matrix, inherited: Inherited, walk: Walk): void {
  const { file, manifest, found } = walk;
  if (walk.layer === 'layer-colour' && element.name === 'rect' && (name === 'photo' || name === 'logo')) {
    found.pictures.push({ name, box: whole(boxOf(element, matrix, file)), rules: manifest.pictures[name] });
    return;
  }
  const code = manifest.codes[name];
  if (walk.layer === 'layer-k' && element.name === 'rect' && code !== undefined) {
    found.codes.push({ name, box: whole(boxOf(element, matrix, file)), rules: code });
    return;
  }
  const rules = manifest.fields[name];
  if (walk.layer !== 'layer-k' || element.name !== 'g' || rules === undefined) throw templateFault(file, `field ${name} is not in the manifest or stands in the wrong layer or shape`);
  found.texts.push({ name, rules, ...readTextField(element, name, matrix, inherit(inherited, element), file) });
}

function readTextField(group: SvgElement, name: string, matrix: Matrix, inherited: Inherited, file: string): Pick<TextField, 'box' | 'style'> {
  const parts = group.children.filter((child): child is SvgElement => typeof child !== 'string');
  const rect = parts.find((part) => part.name === 'rect');
  const text = parts.find((part) => part.name === 'text');
  if (parts.length !== 2 || rect === undefined || text === undefined) throw templateFault(file, `field ${name} needs one rect (its box) and one text (its sample)`);
  const [rectTurn, textTurn] = [rect, text].map((part) => parseTransform(part.attributes.get('transform')));
  if (rectTurn === undefined || textTurn === undefined || typeof rectTurn === 'string' || typeof textTurn === 'string') throw templateFault(file, `field ${name} has a transform that cannot be read`);
  const { style } = placeText(text, combine(matrix, textTurn), inherited, file);
  const marked = group.attributes.get('data-vertical') === 'true';
  if (marked !== (style.direction !== 'across')) throw templateFault(file, `field ${name} is turned without data-vertical, or marked and not turned`);
  return { box: boxOf(rect, combine(matrix, rectTurn), file), style };
}

function boxOf(rect: SvgElement, matrix: Matrix, file: string): Box {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => Number(rect.attributes.get(key) ?? 0));
  const turned = Math.abs(matrix.b) > 1e-9 || Math.abs(matrix.c) > 1e-9 || matrix.a <= 0 || matrix.d <= 0;
  if (turned) throw templateFault(file, `box ${rect.attributes.get('id') ?? ''} is rotated, mirrored or skewed`);
  if (x === undefined || y === undefined || width === undefined || height === undefined || !(width > 0 && height > 0 && Number.isFinite(x + y + width + height))) throw templateFault(file, `box ${rect.attributes.get('id') ?? ''} has no size`);
  const origin = apply(matrix, x, y);
  return { x: origin.x, y: origin.y, width: width * matrix.a, height: height * matrix.d };
}

function whole(box: Box): Box {
  return { x: Math.round(box.x), y: Math.round(box.y), width: Math.round(box.width), height: Math.round(box.height) };
}

function outward(box: Box): Box {
  const [x, y] = [Math.floor(box.x), Math.floor(box.y)];
  return { x, y, width: Math.ceil(box.x + box.width) - x, height: Math.ceil(box.y + box.height) - y };
}
