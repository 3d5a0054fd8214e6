/** An affine transform as SVG writes it: x' = a x + c y + e, y' = b x + d y + f. */
export interface Matrix {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export const identity: Matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

/** The transform that applies `inner` first and `outer` after it. */
export function combine(outer: Matrix, inner: Matrix): Matrix {
  return {
    a: outer.a * inner.a + outer.c * inner.b,
    b: outer.b * inner.a + outer.d * inner.b,
    c: outer.a * inner.c + outer.c * inner.d,
    d: outer.b * inner.c + outer.d * inner.d,
    e: outer.a * inner.e + outer.c * inner.f + outer.e,
    f: outer.b * inner.e + outer.d * inner.f + outer.f,
  };
}

/** A point through a transform. */
export function apply(matrix: Matrix, x: number, y: number): { readonly x: number; readonly y: number } {
  return { x: matrix.a * x + matrix.c * y + matrix.e, y: matrix.b * x + matrix.d * y + matrix.f };
}

/**
 * Reads a `transform` attribute of translate, scale, rotate and matrix (SVG 1.1 section 7.6); skews are refused.
 * Gives the reason as text when it cannot be read.
 */
export function parseTransform(text: string | undefined): Matrix | string {
  if (text === undefined) return identity;
  let result = identity;
  let rest = text.trim();
  while (rest !== '') {
    const match = /^(\w+)\s*\(([^()]*)\)[\s,]*/.exec(rest);
    if (match === null) return `transform ${text} cannot be read`;
    const numbers = (match[2] ?? '').split(/[\s,]+/).filter((part) => part !== '').map(Number);
    const step = numbers.every(Number.isFinite) ? oneTransform(match[1] ?? '', numbers) : undefined;
    if (step === undefined) return `transform ${match[1] ?? ''} is not allowed or has wrong numbers`;
    result = combine(result, step);
    rest = rest.slice(match[0].length);
  }
  return result;
}

function oneTransform(kind: string, n: readonly number[]): Matrix | undefined {
  const [p0 = 0, p1, p2 = 0, p3 = 0, p4 = 0, p5 = 0] = n;
  if (kind === 'translate' && (n.length === 1 || n.length === 2)) return { ...identity, e: p0, f: p1 ?? 0 };
  if (kind === 'scale' && (n.length === 1 || n.length === 2)) return { ...identity, a: p0, d: p1 ?? p0 };
  if (kind === 'matrix' && n.length === 6) return { a: p0, b: p1 ?? 0, c: p2, d: p3, e: p4, f: p5 };
  if (kind === 'rotate' && n.length === 1) return rotation(p0);
  if (kind === 'rotate' && n.length === 3) return combine({ ...identity, e: p1 ?? 0, f: p2 }, combine(rotation(p0), { ...identity, e: -(p1 ?? 0), f: -p2 }));
  return undefined;
}

function rotation(degrees: number): Matrix {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { a: cos, b: sin, c: -sin, d: cos, e: 0, f: 0 };
}
