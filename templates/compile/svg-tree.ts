import { SaxesParser, type SaxesTagNS } from 'saxes';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { allowedCommon, allowedElements, allowedProperties, ignoredNamespaces, limits, svgNamespace, xlinkNamespace } from './svg-allow-list.ts';

/** One element of a drawing that passed the allow-list; style declarations are merged into `properties`. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly properties: ReadonlyMap<string, string>;
  readonly children: readonly (SvgElement | string)[];
}

interface OpenElement extends SvgElement {
  readonly children: (SvgElement | string)[];
}

/** A `TPL-INVALID` fault for a file with the reason. */
export function templateFault(file: string, reason: string, cause?: unknown): StationFault {
  return new StationFault('TPL-INVALID', { field: `${file}: ${reason}` }, cause);
}

/**
 * Reads an SVG drawing under the strict allow-list: no DOCTYPE, entity, processing instruction or CDATA, only listed elements and
 * attributes, references only inside the file or to embedded PNG and JPEG data, and bounded size, count and depth.
 * Throws `TPL-INVALID` with the file's name and the reason.
 */
export function readSvgTree(svg: string, file: string): SvgElement {
  if (Buffer.byteLength(svg) > limits.maxBytes) throw templateFault(file, `larger than ${limits.maxBytes} bytes`);
  const parser = new SaxesParser({ xmlns: true });
  const refuse = (reason: string): never => {
    throw templateFault(file, `line ${parser.line}: ${reason}`);
  };
  const builder = new TreeBuilder(refuse);
  parser.on('error', (error) => refuse(error.message));
  parser.on('doctype', () => refuse('a DOCTYPE is not allowed'));
  parser.on('processinginstruction', () => refuse('a processing instruction is not allowed'));
  parser.on('cdata', () => refuse('a CDATA section is not allowed'));
  parser.on('opentag', (tag) => builder.open(tag));
  parser.on('closetag', () => builder.close());
  parser.on('text', (text) => builder.text(text));
  parser.write(svg).close();
  return builder.root() ?? refuse('not an SVG drawing');
}

class TreeBuilder {
  readonly #refuse: (reason: string) => never;
  readonly #open: OpenElement[] = [];
  #root: SvgElement | undefined;
  #nodes = 0;
  #ignoring = 0;

  constructor(refuse: (reason: string) => never) {
    this.#refuse = refuse;
  }

  root(): SvgElement | undefined {
    return this.#root;
  }

  open(tag: SaxesTagNS): void {
    this.#nodes += 1;
    if (this.#nodes > limits.maxNodes) this.#refuse(`more than ${limits.maxNodes} elements`);
    if (this.#open.length + this.#ignoring >= limits.maxDepth) this.#refuse(`deeper than ${limits.maxDepth} elements`);
    if (this.#ignoring > 0 || ignoredNamespaces.has(tag.uri)) {
      this.#ignoring += 1;
      return;
    }
    const element = readElement(tag, this.#refuse);
    const parent = this.#open.at(-1);
    if (parent === undefined && element.name !== 'svg') this.#refuse('the root is not an svg element');
    if (parent !== undefined && element.name === 'svg') this.#refuse('an svg element inside another');
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
    this.#open.push(element);
  }

  close(): void {
    if (this.#ignoring > 0) this.#ignoring -= 1;
    else this.#open.pop();
  }

  text(text: string): void {
    const parent = this.#open.at(-1);
    if (parent === undefined || this.#ignoring > 0) return;
    const holdsText = ['text', 'tspan', 'title', 'desc'].includes(parent.name);
    if (holdsText) parent.children.push(text);
    else if (text.trim() !== '') this.#refuse(`text inside ${parent.name}`);
  }
}

function readElement(tag: SaxesTagNS, refuse: (reason: string) => never): OpenElement {
  const own = tag.uri === svgNamespace ? allowedElements.get(tag.local) : undefined;
  if (own === undefined) return refuse(`element ${tag.name} is not allowed`);
  const attributes = new Map<string, string>();
  const properties = new Map<string, string>();
  for (const { name, prefix, local, uri, value } of Object.values(tag.attributes)) {
    if (prefix === 'xmlns' || name === 'xmlns' || ignoredNamespaces.has(uri)) continue;
    const key = uri === xlinkNamespace ? local : name;
    if (key === 'href') checkReference(tag.local, value, refuse);
    else checkValue(key, value, refuse);
    if (key === 'style') readStyle(value, properties, refuse);
    else if (allowedProperties.has(key)) { if (!properties.has(key)) properties.set(key, value); }
    else if (own.has(key) || allowedCommon.has(key)) attributes.set(key, value);
    else return refuse(`attribute ${name} of ${tag.local} is not allowed`);
  }
  return { name: tag.local, attributes, properties, children: [] };
}

function readStyle(style: string, properties: Map<string, string>, refuse: (reason: string) => never): void {
  for (const declaration of style.split(';')) {
    if (declaration.trim() === '') continue;
    const [key = '', value = ''] = declaration.split(/:(.*)/s).map((part) => part.trim());
    const ignored = key.startsWith('-inkscape-');
    if (!ignored && !allowedProperties.has(key)) refuse(`style property ${key} is not allowed`);
    if (!ignored) properties.set(key, value);
  }
}

function checkValue(key: string, value: string, refuse: (reason: string) => never): void {
  if (/[\\@]|\/\*/.test(value)) refuse(`attribute ${key} holds a CSS escape, comment or at-rule`);
  const outside = value.replaceAll(/url\(#[\w-]+\)/g, '');
  if (/url\s*\(|expression\s*\(|javascript:/i.test(outside)) refuse(`attribute ${key} refers outside the drawing`);
}

function checkReference(element: string, value: string, refuse: (reason: string) => never): void {
  const inside = /^#[\w-]+$/.test(value) && element !== 'image';
  const embedded = element === 'image' && /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=\s]+$/.test(value);
  if (!inside && !embedded) refuse(`reference of ${element} is neither inside the drawing nor an embedded PNG or JPEG`);
}
