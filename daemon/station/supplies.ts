import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { PrinterSupplies } from '../../drivers/contracts/printer.ts';
import { ribbonFits, ribbonNamed } from '../../drivers/contracts/ribbon.ts';

/** What a batch takes of the supplies. */
export interface SuppliesWanted {
  readonly cards: number;
  /** Panels of each side of its cards, such as `['ymcko', 'k']`. */
  readonly sides: readonly string[];
}

/** Why a batch should not begin (`-SHORT`, `-WRONG`), or what to say at its beginning. Figures are in cards. */
export interface SuppliesFinding {
  readonly code: Extract<FaultCode, 'PRN-RIBBON-WRONG' | 'PRN-RIBBON-SHORT' | 'PRN-RIBBON-LOW' | 'PRN-CLEANING-SHORT' | 'PRN-CLEANING-DUE'>;
  readonly left: number;
  readonly needed: number;
}

/**
 * Compares what is left with what a batch takes. What the printer does not tell refuses nothing: it is not known to be
 * too little. The ribbon's count is inexact (printers.md 2.4), so a batch that ends within the spare is warned of. Pure.
 */
export function suppliesFor(supplies: PrinterSupplies, { cards, sides }: SuppliesWanted, spareCards = 5): readonly SuppliesFinding[] {
  const compare = (left: number | null, short: SuppliesFinding['code'], warning: SuppliesFinding['code']): readonly SuppliesFinding[] => {
    if (cards === 0 || left === null || left >= cards + spareCards) return [];
    return [{ code: left < cards ? short : warning, left, needed: cards }];
  };
  const ribbon = ribbonNamed(supplies.ribbon);
  const setsPerCard = sides.length > 1 ? ribbon?.setsForTwoSides ?? 1 : 1;
  const cardsOnRibbon = supplies.ribbonSetsLeft === null ? null : Math.floor(supplies.ribbonSetsLeft / setsPerCard);
  return [
    ...(cards > 0 && ribbon !== null && !ribbonFits(ribbon, sides) ? [{ code: 'PRN-RIBBON-WRONG', left: 0, needed: cards } as const] : compare(cardsOnRibbon, 'PRN-RIBBON-SHORT', 'PRN-RIBBON-LOW')),
    ...compare(supplies.cardsUntilCleaning, 'PRN-CLEANING-SHORT', 'PRN-CLEANING-DUE'),
  ];
}
