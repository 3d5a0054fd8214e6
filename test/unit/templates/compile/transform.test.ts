import { describe, expect, it } from 'vitest';
import { apply, combine, parseTransform, type Matrix } from '../../../../templates/compile/transform.ts';

function matrix(text: string): Matrix {
  const parsed = parseTransform(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** The point (10, 20) through a transform attribute. */
function moved(text: string): readonly number[] {
  const { x, y } = apply(matrix(text), 10, 20);
  return [x, y].map((value) => Math.round(value * 1000) / 1000);
}

describe('transform', () => {
  // Worked by hand from SVG 1.1 section 7.5.
  it.each([
    ['translate(5,6)', [15, 26]],
    ['translate(5)', [15, 20]],
    ['scale(2)', [20, 40]],
    ['scale(2 3)', [20, 60]],
    ['matrix(1,2,3,4,5,6)', [75, 106]],
    ['rotate(90)', [-20, 10]],
    ['rotate(-90 10 20)', [10, 20]],
    ['rotate(180, 0, 20)', [-10, 20]],
    ['translate(100 0) scale(2)', [120, 40]],
    ['scale(2) translate(100 0)', [220, 40]],
    ['', [10, 20]],
  ])('%s', (text, expected) => {
    expect(moved(text)).toEqual(expected);
  });

  it.each(['skewX(10)', 'translate(a)', 'scale(1,2,3)', 'rotate(1 2)', 'matrix(1 2 3)', 'rotate(', 'translate(1e999)', 'evil'])('refuses %s', (text) => {
    expect(typeof parseTransform(text)).toBe('string');
  });

  it('combines the inner transform first', () => {
    const both = combine(matrix('scale(2)'), matrix('translate(100 0)'));
    expect(apply(both, 10, 20)).toEqual({ x: 220, y: 40 });
  });
});
