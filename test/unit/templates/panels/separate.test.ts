import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SideImage } from '../../../../drivers/contracts/card-image.ts';
import { cardImage } from '../../../../templates/panels/card-digest.ts';
import { countBlack, isInked } from '../../../../templates/panels/design-faults.ts';
import { complement } from '../../../../templates/panels/dye-conversion.ts';
import { overlayPanel, seenBySomeone, separate } from '../../../../templates/panels/separate.ts';

const dots = 1016 * 648;

/** A white side with single dots coloured. */
function side(colours: Readonly<Record<number, readonly [number, number, number]>>): Uint8Array {
  const rgb = new Uint8Array(dots * 3).fill(255);
  for (const [index, colour] of Object.entries(colours)) rgb.set(colour, Number(index) * 3);
  return rgb;
}

describe('separate', () => {
  const rgb = side({ 0: [255, 0, 0], 1: [0, 255, 0], 2: [0, 0, 255], 3: [128, 128, 128], 4: [0, 0, 0], 5: [10, 20, 30] });
  const k = new Uint8Array(dots);
  k[5] = 1;

  it('gives each dye as the inverse of its light, black of the colour layer included, and nothing under K', () => {
    const { y, m, c } = separate(complement(rgb), k, overlayPanel([]));
    const first = (panel: Uint8Array | undefined): readonly number[] => [...(panel?.subarray(0, 7) ?? [])];
    expect(first(y)).toEqual([255, 255, 0, 127, 255, 0, 0]);
    expect(first(m)).toEqual([255, 0, 255, 127, 255, 0, 0]);
    expect(first(c)).toEqual([0, 255, 255, 127, 255, 0, 0]);
  });

  it('varnishes all but the holes, cut at the edge of the card', () => {
    const overlay = overlayPanel([{ x: 10, y: 20, width: 30, height: 40 }, { x: 1000, y: 640, width: 50, height: 50 }]);
    expect(overlay.filter((dot) => dot === 0).length).toBe(30 * 40 + 16 * 8);
    expect([overlay[20 * 1016 + 9], overlay[20 * 1016 + 10], overlay[59 * 1016 + 39], overlay[60 * 1016 + 39]]).toEqual([1, 0, 0, 1]);
  });

  it('leaves a pattern out of the varnish', () => {
    const pattern = new Uint8Array(dots);
    pattern.fill(1, 500, 510);
    const overlay = overlayPanel([], undefined, pattern);
    expect([overlay[499], overlay[500], overlay[509], overlay[510], overlay.filter((dot) => dot === 0).length]).toEqual([1, 0, 0, 1, 10]);
  });

  it('shows a person the K marks in black over the colours', () => {
    const seen = seenBySomeone(rgb, k);
    expect([...seen.subarray(0, 3), ...seen.subarray(15, 18)]).toEqual([255, 0, 0, 0, 0, 0]);
    expect(rgb[15]).toBe(10);
  });

  it('reports nearly black dots of a colour layer, and ink of either kind in an area', () => {
    expect(countBlack(rgb)).toBe(1);
    expect(countBlack(side({ 9: [25, 25, 25], 10: [26, 25, 25] }))).toBe(1);
    const area = { x: 5, y: 0, width: 1, height: 1 };
    expect([isInked(side({}), k, area), isInked(side({}), new Uint8Array(dots), area), isInked(side({ 5: [255, 254, 255] }), new Uint8Array(dots), area)]).toEqual([true, false, true]);
  });
});

describe('card-digest', () => {
  const small: SideImage = { widthDots: 2, heightDots: 1, y: Uint8Array.of(1, 2), k: Uint8Array.of(0, 1) };

  it('is SHA-256 over side, name, size and dots of each panel, by name', () => {
    const hash = createHash('sha256');
    for (const [head, bytes] of [['front k 2x1\n', [0, 1]], ['front y 2x1\n', [1, 2]], ['back c 2x1\n', [9, 9]]] as const) hash.update(head).update(Uint8Array.from(bytes));
    expect(cardImage(small, { widthDots: 2, heightDots: 1, c: Uint8Array.of(9, 9) }).digest).toBe(hash.digest('hex'));
  });

  it('tells the sides and the panels apart', () => {
    const empty: SideImage = { widthDots: 2, heightDots: 1 };
    const moved: SideImage = { widthDots: 2, heightDots: 1, m: Uint8Array.of(1, 2), k: Uint8Array.of(0, 1) };
    expect(new Set([cardImage(small, empty).digest, cardImage(empty, small).digest, cardImage(moved, empty).digest]).size).toBe(3);
  });
});
