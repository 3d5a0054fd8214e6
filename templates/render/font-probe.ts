import { createHash } from 'node:crypto';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { FontWeight } from '../compile/compiled-template.ts';
import { drawKLayer } from './draw-svg.ts';
import { fontFamily, fontStyles } from './fonts.ts';
import { drawHintedText } from './hinted-text.ts';

const probeText = 'Åäö Łódź 0123456789 Rgsx&';

/**
 * What the probe text of each weight looks like, as librsvg draws it and as Pango draws it hinted: SHA-256 of the dots.
 * Recorded with sharp 0.35.5 and source-sans 3.52.0; approve anew only after looking at a drawn card.
 */
const approvedProbes: ReadonlyMap<FontWeight, string> = new Map<FontWeight, string>([
  [300, '9227142f37773d242a1ceb7d5b02ea4fd55e98c83558e622368aa4fa06434e3f'],
  [400, 'f5a74989ae7b2439bfd44339b8dfdb6a86ea26cb3b46e44d9d7d859af2eafb89'],
  [600, 'ac9693447426ff31bc3d68025651a9fb63aaf1045ee7d9698e37fa93789853f0'],
  [700, '09821941dca29fa3ad99b1407d24c5a5827d98b28468d9e0eb4ff552a2cb3139'],
  [900, '4f205177e7e9fd7bc7ac493b0d50d65ededaf6bbe5d5faaeffc19656f4e65378'],
]);

/** Draws the probe text in a weight both ways the renderer draws text, and gives the digest of the dots. */
export async function drawProbe(weight: FontWeight, family: string = fontFamily): Promise<string> {
  const art = `<text x="20" y="120" font-family="${family}" font-weight="${weight}" font-size="44">${probeText.replace('&', '&amp;')}</text>`;
  const [outlined, hinted] = [await drawKLayer(art), await drawHintedText(probeText, weight, 22)];
  return createHash('sha256').update(outlined).update(`${hinted.widthPx}x${hinted.heightPx}`).update(hinted.dots).digest('hex');
}

/** Refuses to go on with `TPL-FONT` when a weight is not drawn as recorded: librsvg takes any other face in silence when ours is missing. */
export async function requireFonts(approved: ReadonlyMap<FontWeight, string> = approvedProbes): Promise<void> {
  for (const weight of fontStyles.keys()) {
    const drawn = await drawProbe(weight);
    if (drawn !== approved.get(weight)) throw new StationFault('TPL-FONT', { note: `weight ${weight} is drawn as ${drawn}` });
  }
}
