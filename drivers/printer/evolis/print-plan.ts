import { encodePanel } from '../../codec/evolis-panel.ts';
import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import { evolis300Dpi, type EvolisLevels } from '../../codec/evolis-geometry.ts';
import type { CardImage, SideImage } from '../../contracts/card-image.ts';
import { StationFault } from '../../contracts/fault.ts';
import { printOrder } from '../escape/ribbons.ts';

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
