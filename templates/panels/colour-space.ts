/** Three numbers of a colour: red green blue, X Y Z, or L a b. */
export type Triple = readonly [number, number, number];

/** The value of sRGB (0 to 255) as linear light, 0 to 1 (IEC 61966-2-1). */
export function linear(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

/** CIE L*a*b* (CIE 15) of linear sRGB light, 0 to 1, against its own white point. */
export function labOf([red, green, blue]: Triple): Triple {
  // IEC 61966-2-1, annex F: linear sRGB to XYZ, each divided by the white point D65.
  const x = bent((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
  const y = bent(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = bent((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const bend = (6 / 29) ** 3;

function bent(part: number): number {
  return part > bend ? Math.cbrt(part) : (part * (29 / 6) ** 2) / 3 + 4 / 29;
}
