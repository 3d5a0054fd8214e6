import { encodePanel } from '../../codec/evolis-panel.ts';
import type { EvolisCommand } from '../../codec/evolis-frame.ts';
import { rasterSize, type EvolisLevels } from '../../codec/evolis-geometry.ts';
import type { CardImage, SideImage } from '../../contracts/card-image.ts';
import { cardRasters, type CardRaster } from '../../contracts/card-raster.ts';
import { StationFault } from '../../contracts/fault.ts';
import { printOrder } from '../escape/ribbons.ts';

/**
 * Everything that is sent for one card that is already inside, in order. Pure and without I/O. Throws `PRN-CAPABILITY`
 * when a side is not of the printer's raster or a panel has another size.
 */
export function planPrint(image: CardImage, ribbon: string, dyeLevels: EvolisLevels, raster: CardRaster = cardRasters['300']): readonly EvolisCommand[] {
  const back = image.back === undefined ? [] : [{ name: 'Sv', params: [] }, ...sideCommands(image.back, dyeLevels, raster)];
  return [
    // A printer that restarted since it was prepared would eject the card at the end.
    { name: 'Psoe', params: ['D'] },
    { name: 'Pr', params: [ribbon] },
    { name: 'Ss', params: [] },
    { name: 'Sr', params: [] },
    ...sideCommands(image.front, dyeLevels, raster),
    ...back,
    { name: 'Se', params: [] },
  ];
}

function sideCommands(side: SideImage, dyeLevels: EvolisLevels, raster: CardRaster): readonly EvolisCommand[] {
  const { widthDots, heightDots } = raster;
  const size = `${String(side.widthDots)} x ${String(side.heightDots)}`;
  if (side.widthDots !== widthDots || side.heightDots !== heightDots) throw new StationFault('PRN-CAPABILITY', { note: `a side of ${size} dots` });
  return printOrder.flatMap(({ ink, panel }) => {
    const dots = side[ink];
    if (dots === undefined) return [];
    if (dots.length !== widthDots * heightDots) throw new StationFault('PRN-CAPABILITY', { note: `panel ${panel} has ${String(dots.length)} dots` });
    return [encodePanel(panel, dots, dyeLevels, rasterSize(raster))];
  });
}
