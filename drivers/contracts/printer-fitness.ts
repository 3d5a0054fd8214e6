import { StationFault } from './fault.ts';
import type { CardStation, PrinterDescription, PrinterSupplies } from './printer.ts';

/** What a card type asks of a printer. */
export interface CardNeeds {
  readonly stations: readonly CardStation[];
  readonly duplex: boolean;
  readonly colour: boolean;
  readonly widthDots: number;
  readonly heightDots: number;
}

/** What a printer lacks for a card type, in words for the log; empty when it can make it. Pure. */
export function printerGaps(printer: PrinterDescription, needs: CardNeeds): readonly string[] {
  return [
    ...needs.stations.filter((station) => !printer.stations.includes(station)).map((station) => `no ${station} station`),
    ...(needs.duplex && !printer.duplex ? ['no flip station'] : []),
    ...(needs.colour && !printer.colour ? ['no colour'] : []),
    ...(needs.widthDots === printer.widthDots && needs.heightDots === printer.heightDots ? [] : [`${String(printer.widthDots)} x ${String(printer.heightDots)} dots, not ${String(needs.widthDots)} x ${String(needs.heightDots)}`]),
  ];
}

/** Throws `PRN-CAPABILITY` when a printer cannot make a card type. */
export function requireFit(printer: PrinterDescription, needs: CardNeeds): void {
  const gaps = printerGaps(printer, needs);
  if (gaps.length > 0) throw new StationFault('PRN-CAPABILITY', { note: `${printer.model}: ${gaps.join(', ')}` });
}

/** Why a batch should not begin, or what to say at its beginning. */
export type SuppliesFinding = { readonly code: 'PRN-RIBBON-END' | 'PRN-CLEANING-OVERDUE' | 'PRN-RIBBON-LOW' | 'PRN-CLEANING-DUE'; readonly refuses: boolean; readonly left: number; readonly needed: number };

/**
 * Compares what is left with what a batch takes. A count that the printer does not tell refuses nothing: it is not known
 * to be too little. The ribbon's count is inexact (printers.md 2.4), so a batch that ends within the spare is warned of.
 * Pure.
 */
export function suppliesFor(supplies: PrinterSupplies, cards: number, spareCards = 5): readonly SuppliesFinding[] {
  const compare = (left: number | null, refusal: SuppliesFinding['code'], warning: SuppliesFinding['code']): readonly SuppliesFinding[] => {
    if (left === null || left >= cards + spareCards) return [];
    const refuses = left < cards;
    return [{ code: refuses ? refusal : warning, refuses, left, needed: cards }];
  };
  return [
    ...compare(supplies.cardsLeftOnRibbon, 'PRN-RIBBON-END', 'PRN-RIBBON-LOW'),
    ...compare(supplies.cardsUntilCleaning, 'PRN-CLEANING-OVERDUE', 'PRN-CLEANING-DUE'),
  ];
}

/** Throws the first reason why a batch of so many cards cannot end with these supplies. */
export function requireSupplies(supplies: PrinterSupplies, cards: number): void {
  const refusal = suppliesFor(supplies, cards).find(({ refuses }) => refuses);
  if (refusal === undefined) return;
  throw new StationFault(refusal.code, { note: `${String(refusal.left)} left, ${String(refusal.needed)} needed`, data: { left: refusal.left, needed: refusal.needed } });
}
