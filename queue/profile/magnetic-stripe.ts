import { z } from 'zod';
import { trackTrouble } from '../../drivers/codec/magnetic-track.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { MagneticTracks } from '../../drivers/contracts/printer.ts';
import { sectorValueNames, type SectorValues } from './sector-profile.ts';

/** One piece of a track's text: a constant, or a value of the order; `digits` leaves its letters, hyphens and spaces out. */
const partSchema = z.union([
  z.strictObject({ text: z.string().min(1).max(104) }),
  z.strictObject({ value: z.enum(sectorValueNames), digits: z.boolean().default(false) }),
]);

/** The tracks of a card's magnetic stripe (ISO/IEC 7811-2: track 1 letters and digits, tracks 2 and 3 digits), without sentinels. */
export const magneticSchema = z
  .array(z.strictObject({ track: z.union([z.literal(1), z.literal(2), z.literal(3)]), parts: z.array(partSchema).min(1).max(20) }))
  .min(1)
  .max(3)
  .refine((tracks) => new Set(tracks.map(({ track }) => track)).size === tracks.length, { error: 'a track more than once' });

export type MagneticStripe = z.infer<typeof magneticSchema>;

/** Values of the usual length, to see whether a track's text can be written at all. */
const specimen: SectorValues = { cardNumber: 'BB-2611-000001', organisationNumber: '5599990115', orderId: 'ID06-10001', validFrom: '2026-11-22', validTo: '2031-11-22' };

/** The texts of the tracks for an order. Throws `ENC-PROFILE-INVALID` when one does not fit its track. */
export function magneticTexts(stripe: MagneticStripe, values: SectorValues): MagneticTracks {
  const [finding] = troubles(stripe, values);
  if (finding !== undefined) throw new StationFault(finding.code, { ...finding.detail });
  return Object.fromEntries(stripe.map((line) => [line.track, textOf(line, values)]));
}

/** What is wrong with the tracks of a profile by themselves, as `ENC-PROFILE-INVALID`. */
export function checkMagneticStripe(stripe: MagneticStripe): readonly Finding[] {
  return troubles(stripe, specimen);
}

function troubles(stripe: MagneticStripe, values: SectorValues): readonly Finding[] {
  return stripe.flatMap((line, index): readonly Finding[] => {
    const trouble = trackTrouble(line.track, textOf(line, values));
    const field = `magnetic.${String(index)}`;
    return trouble === null ? [] : [{ code: 'ENC-PROFILE-INVALID', field, detail: { field, note: `track ${String(line.track)}: ${trouble}` } }];
  });
}

function textOf({ parts }: MagneticStripe[number], values: SectorValues): string {
  return parts.map((part) => ('text' in part ? part.text : part.digits ? values[part.value].replaceAll(/\D/g, '') : values[part.value])).join('');
}
