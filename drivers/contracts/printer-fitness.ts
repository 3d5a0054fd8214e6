import { resolutionOf } from './card-raster.ts';
import { StationFault } from './fault.ts';
import type { CardStation, PrinterDescription } from './printer.ts';

/** What a card type asks of a printer. */
export interface CardNeeds {
  readonly stations: readonly CardStation[];
  readonly duplex: boolean;
  readonly colour: boolean;
  readonly magnetic: boolean;
}

/** What a printer lacks for a card type, in words for the log; empty when it can make it. Pure. */
export function printerGaps(printer: Omit<PrinterDescription, 'maker' | 'model' | 'serial' | 'firmware'>, needs: CardNeeds): readonly string[] {
  return [
    ...needs.stations.filter((station) => !printer.stations.includes(station)).map((station) => `no ${station} station`),
    ...(needs.duplex && !printer.duplex ? ['no flip station'] : []),
    ...(needs.colour && !printer.colour ? ['no colour'] : []),
    ...(needs.magnetic && !printer.magnetic ? ['no magnetic head'] : []),
    // A card is drawn in the printer's raster, where it can be.
    ...(resolutionOf(printer) === null ? [`a raster of ${String(printer.widthDots)} x ${String(printer.heightDots)} dots, in which no card is drawn`] : []),
  ];
}

/** Throws `PRN-CAPABILITY` when a printer cannot make a card type. */
export function requireFit(printer: PrinterDescription, needs: CardNeeds): void {
  const gaps = printerGaps(printer, needs);
  if (gaps.length > 0) throw new StationFault('PRN-CAPABILITY', { note: `${printer.model}: ${gaps.join(', ')}` });
}
