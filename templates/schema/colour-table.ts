import { z } from 'zod';

const value = z.number().min(0).max(255);
const text = z.string().min(1).max(80);

/** How much less of its light, of 255, must come back from a dye at full strength. */
const leastTaken = 30;

/** Whether yellow, magenta and cyan alone, and all together, take blue, green and red light from the card. Pure. */
export function takesLight({ steps, colours }: { readonly steps: readonly number[]; readonly colours: readonly (readonly number[])[] }): boolean {
  const full = steps.length - 1;
  const taken = (patch: number, channel: number): boolean => (colours[0]?.[channel] ?? 0) - (colours[patch]?.[channel] ?? 255) >= leastTaken;
  const [yellow, magenta, cyan] = [full * steps.length ** 2, full * steps.length, full];
  return taken(yellow, 2) && taken(magenta, 1) && taken(cyan, 0) && [0, 1, 2].every((channel) => taken(yellow + magenta + cyan, channel));
}

/**
 * The schema of a measured colour table (JSON): what a printer's dyes look like in every combination of some strengths. `colours` are the
 * measured patches as sRGB, 0 to 255 (fractions allowed), yellow slowest, then magenta, then cyan, so the first is the bare card.
 */
export const colourTableSchema = z
  .strictObject({
    kind: z.literal('kortverk-colour-table'),
    /** What was measured and how, for people. */
    printer: text,
    ribbon: text,
    measured: z.iso.date(),
    note: z.string().max(400).optional(),
    /** Strengths that were printed of each dye, rising from 0 to 255. */
    steps: z.array(z.int().min(0).max(255)).min(3).max(17).refine(
      (steps) => steps[0] === 0 && steps.at(-1) === 255 && steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 0)),
      { message: 'must rise from 0 to 255' },
    ),
    colours: z.array(z.tuple([value, value, value])).max(17 ** 3),
  })
  .refine(({ steps, colours }) => colours.length === steps.length ** 3, { path: ['colours'], message: 'must be one for every combination of three dyes' })
  .refine(({ colours }) => (colours[0] ?? []).every((channel) => channel >= 128), { path: ['colours', 0], message: 'must be the bare card, which is light' })
  .refine(takesLight, { path: ['colours'], message: 'are no dyes: each must take light of its own colour from the card' });

export type ColourTable = z.infer<typeof colourTableSchema>;
