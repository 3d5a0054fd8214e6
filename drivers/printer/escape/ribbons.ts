import type { EvolisPanel } from '../../codec/evolis-geometry.ts';
import type { CardImage, Ink, SideImage } from '../../contracts/card-image.ts';

/** Ribbons a card can be printed with, as `Pr` names them, cheapest first, and the panels a side can get from each. */
const ribbons: readonly { readonly type: string; readonly front: string; readonly back: string }[] = [
  { type: 'k', front: 'k', back: 'k' },
  { type: 'ko', front: 'ko', back: 'ko' },
  { type: 'ymckok', front: 'ymcko', back: 'k' },
  { type: 'ymcko', front: 'ymcko', back: 'ymcko' },
];

/** Inks in the order of the ribbon, and the panels they are printed with. */
export const printOrder: readonly { readonly ink: Ink; readonly panel: EvolisPanel }[] = [
  { ink: 'y', panel: 'y' },
  { ink: 'm', panel: 'm' },
  { ink: 'c', panel: 'c' },
  { ink: 'k', panel: 'k' },
  { ink: 'overlay', panel: 'o' },
];

const lettersOf = (side: SideImage | undefined): string => printOrder.filter(({ ink }) => side?.[ink] !== undefined).map(({ panel }) => panel).join('');
const covers = (has: string, wanted: string): boolean => [...wanted].every((panel) => has.includes(panel));

/**
 * The ribbon type to name for an image: the loaded one when it has every panel that is wanted, else the cheapest that
 * does when the loaded one is not known. Null when the loaded ribbon, or every ribbon, lacks a panel.
 */
export function chooseRibbon(image: CardImage, loaded: string | null): string | null {
  const front = lettersOf(image.front);
  const back = lettersOf(image.back);
  const fits = ribbons.filter((ribbon) => covers(ribbon.front, front) && covers(ribbon.back, back));
  const isKnown = ribbons.some((ribbon) => ribbon.type === loaded);
  if (isKnown) return fits.some((ribbon) => ribbon.type === loaded) ? loaded : null;
  return fits[0]?.type ?? null;
}
