import { encodePanel } from '../../codec/evolis-panel.ts';
import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import { evolis300Dpi, type EvolisLevels, type EvolisPanel } from '../../codec/evolis-geometry.ts';
import type { CardImage, Ink, SideImage } from '../../contracts/card-image.ts';
import { StationFault } from '../../contracts/fault.ts';

/** Ribbons a card can be printed with, as `Pr` names them, cheapest first, and the panels a side can get from each. */
const ribbons: readonly { readonly type: string; readonly front: string; readonly back: string }[] = [
  { type: 'k', front: 'k', back: 'k' },
  { type: 'ko', front: 'ko', back: 'ko' },
  { type: 'ymckok', front: 'ymcko', back: 'k' },
  { type: 'ymcko', front: 'ymcko', back: 'ymcko' },
];

const printOrder: readonly { readonly ink: Ink; readonly panel: EvolisPanel }[] = [
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

/**
 * Everything that is sent for one card that is already inside, in order. Pure and without I/O. Throws `PRN-CAPABILITY`
 * when a side is not 1016 x 648 dots or a panel has another size.
 */
export function planPrint(image: CardImage, ribbon: string, dyeLevels: Exclude<EvolisLevels, 2>): readonly EvolisCommand[] {
  const back = image.back === undefined ? [] : [{ name: 'Sv', params: [] }, ...sideCommands(image.back, dyeLevels)];
  return [
    // A printer that restarted since it was prepared would eject the card at the end.
    { name: 'Psoe', params: ['D'] },
    { name: 'Pr', params: [ribbon] },
    { name: 'Ss', params: [] },
    { name: 'Sr', params: [] },
    ...sideCommands(image.front, dyeLevels),
    ...back,
    { name: 'Se', params: [] },
  ];
}

function sideCommands(side: SideImage, dyeLevels: Exclude<EvolisLevels, 2>): readonly EvolisCommand[] {
  const { lines, dotsPerLine } = evolis300Dpi;
  const size = `${String(side.widthDots)} x ${String(side.heightDots)}`;
  if (side.widthDots !== lines || side.heightDots !== dotsPerLine) throw new StationFault('PRN-CAPABILITY', { note: `a side of ${size} dots` });
  return printOrder.flatMap(({ ink, panel }) => {
    const dots = side[ink];
    if (dots === undefined) return [];
    if (dots.length !== lines * dotsPerLine) throw new StationFault('PRN-CAPABILITY', { note: `panel ${panel} has ${String(dots.length)} dots` });
    return [encodePanel(panel, dots, dyeLevels)];
  });
}
