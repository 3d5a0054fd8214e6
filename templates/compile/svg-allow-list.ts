/** The SVG namespace; elements of other namespaces are refused or, for the editors below, left out. */
export const svgNamespace = 'http://www.w3.org/2000/svg';
export const xlinkNamespace = 'http://www.w3.org/1999/xlink';

/** Editors' own notes (Inkscape): dropped, never drawn. */
export const ignoredNamespaces: ReadonlySet<string> = new Set([
  'http://www.inkscape.org/namespaces/inkscape',
  'http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd',
]);

const shape = ['x', 'y', 'width', 'height', 'rx', 'ry', 'cx', 'cy', 'r', 'x1', 'y1', 'x2', 'y2', 'd', 'points'];
const gradient = ['x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'fx', 'fy', 'gradientUnits', 'gradientTransform', 'spreadMethod', 'href'];
const text = ['x', 'y', 'dx', 'dy', 'textLength', 'lengthAdjust'];

/** Elements a template may hold, each with the attributes of its own. */
export const allowedElements: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['svg', new Set(['viewBox', 'width', 'height', 'version'])],
  ['g', new Set<string>()],
  ['defs', new Set<string>()],
  ['title', new Set<string>()],
  ['desc', new Set<string>()],
  ['linearGradient', new Set(gradient)],
  ['radialGradient', new Set(gradient)],
  ['stop', new Set(['offset'])],
  ['clipPath', new Set(['clipPathUnits'])],
  ['rect', new Set(shape)],
  ['circle', new Set(shape)],
  ['ellipse', new Set(shape)],
  ['line', new Set(shape)],
  ['polyline', new Set(shape)],
  ['polygon', new Set(shape)],
  ['path', new Set(shape)],
  ['text', new Set(text)],
  ['tspan', new Set(text)],
  ['image', new Set(['x', 'y', 'width', 'height', 'preserveAspectRatio', 'href'])],
]);

/** Attributes any element may have. */
export const allowedCommon: ReadonlySet<string> = new Set([
  'id', 'transform', 'style', 'data-field', 'data-hole', 'data-pattern', 'data-hinted', 'data-vertical', 'data-line-height', 'xml:space',
]);

/** Presentation properties, as attributes or inside `style`. */
export const allowedProperties: ReadonlySet<string> = new Set([
  'fill', 'fill-opacity', 'fill-rule', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-linecap', 'stroke-linejoin', 'stroke-miterlimit',
  'stroke-dasharray', 'stroke-dashoffset', 'opacity', 'clip-path', 'clip-rule', 'stop-color', 'stop-opacity', 'shape-rendering', 'display',
  'font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'letter-spacing', 'word-spacing', 'text-rendering', 'paint-order',
]);

export const limits = { maxBytes: 512 * 1024, maxNodes: 4000, maxDepth: 24 } as const;
