import type { EvolisPanel } from '../../codec/evolis-geometry.ts';
import type { CardImage, Ink, SideImage } from '../../contracts/card-image.ts';
import { ribbonFits, ribbonKinds } from '../../contracts/ribbon.ts';

/** Inks in the order of the ribbon, and the panels they are printed with. */
export const printOrder: readonly { readonly ink: Ink; readonly panel: EvolisPanel }[] = [
  { ink: 'y', panel: 'y' },
  { ink: 'm', panel: 'm' },
  { ink: 'c', panel: 'c' },
  { ink: 'k', panel: 'k' },
  { ink: 'overlay', panel: 'o' },
];

const lettersOf = (side: SideImage | undefined): string => printOrder.filter(({ ink }) => side?.[ink] !== undefined).map(({ panel }) => panel).join('');

/**
 * The ribbon type to name for an image: the loaded one when it has every panel that is wanted, else the cheapest that
 * does when the loaded one is not known. Null when the loaded ribbon, or every ribbon, lacks a panel.
 */
export function chooseRibbon(image: CardImage, loaded: string | null): string | null {
  const sides = [lettersOf(image.front), lettersOf(image.back)];
  const fits = ribbonKinds.filter((ribbon) => ribbonFits(ribbon, sides));
  const isKnown = ribbonKinds.some((ribbon) => ribbon.type === loaded);
  if (isKnown) return fits.some((ribbon) => ribbon.type === loaded) ? loaded : null;
  return fits[0]?.type ?? null;
}
