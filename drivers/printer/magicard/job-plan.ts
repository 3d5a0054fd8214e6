import { sideFields, type MagicardSide } from '../../codec/magicard-job.ts';
import { magicardCardRows, magicardField, packPlane, placeOnField, toPlaneLevels, type MagicardPlane } from '../../codec/magicard-raster.ts';
import type { CardImage, SideImage } from '../../contracts/card-image.ts';
import { StationFault } from '../../contracts/fault.ts';

const inks: readonly { readonly plane: MagicardPlane; readonly ink: 'y' | 'm' | 'c' | 'k' }[] = [
  { plane: 'B', ink: 'y' },
  { plane: 'G', ink: 'm' },
  { plane: 'R', ink: 'c' },
  { plane: 'K', ink: 'k' },
];

/** The printer and the moment that a job is made for. */
export interface JobGround {
  readonly firmware: string;
  readonly unixSeconds: number;
}

/**
 * The sides of a job. Pure. Throws `PRN-CAPABILITY` for a side of another size, a side without ink, and an overlay that
 * leaves dots out: the printer's overcoat covers the whole card or none of it.
 */
export function planJob(image: CardImage, ground: JobGround): readonly MagicardSide[] {
  const duplex = image.back !== undefined;
  const backInColour = image.back?.y !== undefined || image.back?.m !== undefined || image.back?.c !== undefined;
  const sides = image.back === undefined ? [image.front] : [image.front, image.back];
  return sides.map((side, index) => {
    checkSide(side);
    const planes = planesOf(side);
    const settings = { page: index === 0 ? 1 as const : 2 as const, duplex, backInColour, overcoat: side.overlay !== undefined, ...ground };
    return { fields: sideFields(settings, planes), planes };
  });
}

function checkSide(side: SideImage): void {
  const refuse = (note: string): never => { throw new StationFault('PRN-CAPABILITY', { note }); };
  if (side.widthDots !== magicardField.columns || side.heightDots !== magicardCardRows) refuse(`a side of ${String(side.widthDots)} x ${String(side.heightDots)} dots`);
  const dots = magicardField.columns * magicardCardRows;
  for (const { ink } of [...inks, { ink: 'overlay' as const }]) if (side[ink] !== undefined && side[ink].length !== dots) refuse(`panel ${ink} has ${String(side[ink].length)} dots`);
  if (inks.every(({ ink }) => side[ink] === undefined)) refuse('a side without ink');
  if (side.overlay?.includes(0) === true) refuse('an overlay with holes');
}

function planesOf(side: SideImage): MagicardSide['planes'] {
  const planes: Partial<Record<MagicardPlane, Uint8Array>> = {};
  for (const { plane, ink } of inks) {
    const dots = side[ink];
    if (dots !== undefined) planes[plane] = packPlane(plane, placeOnField(plane === 'K' ? dots.map((dot) => (dot === 0 ? 0 : 1)) : toPlaneLevels(dots)));
  }
  return planes;
}
