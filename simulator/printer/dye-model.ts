/** What the dyes of a ribbon look like on a white card: dye strengths 0 to 255 in, sRGB out, three bytes written at `at`. */
export interface DyeModel {
  colour(y: number, m: number, c: number, rgb: Uint8Array, at: number): void;
}

/** Each dye takes its complement from the white card, and nothing else: what a printer that linearises by itself promises. */
export const idealDyes: DyeModel = {
  colour(y, m, c, rgb, at) {
    rgb[at] = 255 - c;
    rgb[at + 1] = 255 - m;
    rgb[at + 2] = 255 - y;
  },
};

/**
 * A made-up ribbon that behaves as dyes do: each also takes some of the other two colours (densities at full strength, red green blue),
 * a little dye colours less than its share, and densities add up (Beer and Lambert). No real ribbon was measured for it.
 */
const densities = { c: [1.55, 0.32, 0.12], m: [0.18, 1.45, 0.34], y: [0.03, 0.14, 1.35] } as const;
const unevenness = 1.25;

const strength = Float64Array.from({ length: 256 }, (_, dye) => (dye / 255) ** unevenness);
const gamma = Uint8Array.from({ length: 4096 }, (_, step) => Math.round(255 * companded(step / 4095)));

/** IEC 61966-2-1: linear light to the value of sRGB. */
function companded(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
}

export const madeUpDyes: DyeModel = {
  colour(y, m, c, rgb, at) {
    const [inY, inM, inC] = [strength[y] ?? 0, strength[m] ?? 0, strength[c] ?? 0];
    for (let channel = 0; channel < 3; channel += 1) {
      const density = inY * (densities.y[channel] ?? 0) + inM * (densities.m[channel] ?? 0) + inC * (densities.c[channel] ?? 0);
      rgb[at + channel] = gamma[Math.round(4095 * 10 ** -density)] ?? 0;
    }
  },
};
