/** The field of a Magicard plane: columns follow the card's long side, rows from the top (printers.md 4). */
export const magicardField = { columns: 1016, rows: 672 } as const;

/** Rows of the card's picture, which stands in the middle of the field. That it is the middle is our assumption; the printer's own setting shifts it. */
export const magicardCardRows = 648;
const rowsAbove = (magicardField.rows - magicardCardRows) / 2;

/** Letters of the planes and their inks: yellow, magenta, cyan at 6 bit, black at 1 bit. */
export type MagicardPlane = 'B' | 'G' | 'R' | 'K';

export const planeOrder: readonly MagicardPlane[] = ['B', 'G', 'R', 'K'];

export function planeBits(plane: MagicardPlane): 1 | 6 {
  return plane === 'K' ? 1 : 6;
}

/** Bytes of a column's one bit plane: 24 words of 32 bit. */
const columnBytes = 96;

/** Bytes of a plane: 585 216 for a colour, 97 536 for black. */
export function planeLength(plane: MagicardPlane): number {
  return magicardField.columns * columnBytes * planeBits(plane);
}

/** Where each row's bit lies within the 96 bytes of a column: its two halves are interleaved bit by bit. */
const bitPlaces = Array.from({ length: magicardField.rows }, (_, row) => {
  const fromBottom = magicardField.rows - 1 - row;
  const [word, bit] = fromBottom < 288
    ? [6 + (fromBottom >> 4), 31 - 2 * (fromBottom % 16)]
    : [(fromBottom - 288) >> 4, 30 - 2 * ((fromBottom - 288) % 16)];
  return { byte: word * 4 + 3 - (bit >> 3), mask: 1 << (bit & 7) };
});

/** Packs level numbers (0 to 63, or 0 and 1 for black), one byte a dot, upright, 1016 x 672, into a plane. */
export function packPlane(plane: MagicardPlane, upright: Uint8Array): Uint8Array {
  const bits = planeBits(plane);
  const packed = new Uint8Array(planeLength(plane));
  bitPlaces.forEach(({ byte, mask }, row) => {
    for (let column = 0; column < magicardField.columns; column += 1) {
      const value = upright[row * magicardField.columns + column] ?? 0;
      if (value === 0) continue;
      for (let bit = 0; bit < bits; bit += 1) {
        if ((value & (1 << bit)) === 0) continue;
        const at = (column * bits + bit) * columnBytes + byte;
        packed[at] = (packed[at] ?? 0) | mask;
      }
    }
  });
  return packed;
}

/** The level numbers of a plane, upright, 1016 x 672; null when it has another length. */
export function unpackPlane(plane: MagicardPlane, packed: Uint8Array): Uint8Array | null {
  if (packed.length !== planeLength(plane)) return null;
  const bits = planeBits(plane);
  const upright = new Uint8Array(magicardField.columns * magicardField.rows);
  bitPlaces.forEach(({ byte, mask }, row) => {
    for (let column = 0; column < magicardField.columns; column += 1) {
      let value = 0;
      for (let bit = 0; bit < bits; bit += 1) {
        if (((packed[(column * bits + bit) * columnBytes + byte] ?? 0) & mask) !== 0) value |= 1 << bit;
      }
      upright[row * magicardField.columns + column] = value;
    }
  });
  return upright;
}

/** A card's panel (1016 x 648) in the middle of the field. */
export function placeOnField(card: Uint8Array): Uint8Array {
  const field = new Uint8Array(magicardField.columns * magicardField.rows);
  field.set(card, rowsAbove * magicardField.columns);
  return field;
}

/** The part of the field that is the card. */
export function cutFromField(field: Uint8Array): Uint8Array {
  return field.slice(rowsAbove * magicardField.columns, (rowsAbove + magicardCardRows) * magicardField.columns);
}

const toSixBit = Uint8Array.from({ length: 256 }, (_, dye) => Math.round((dye * 63) / 255));

/** Dye strengths 0 to 255 as level numbers 0 to 63. */
export function toPlaneLevels(dye: Uint8Array): Uint8Array {
  return dye.map((value) => toSixBit[value] ?? 0);
}

/** Level numbers 0 to 63 as dye strengths 0 to 255, rounded down as the picture of the captured job is. */
export function fromPlaneLevels(levels: Uint8Array): Uint8Array {
  return levels.map((value) => Math.floor((value * 255) / 63));
}
