import type { CardNeeds } from '../../drivers/contracts/printer-fitness.ts';
import type { CardProfile } from '../../queue/profile/card-profile.ts';
import type { CardKind } from './station-parts.ts';

/** Panels of each side: every design is separated for both sides of a YMCKO ribbon (templates/panels). */
export const sidePanels = ['ymcko', 'ymcko'] as const;

/**
 * What cards of a profile ask of a printer: every card is identified at the contactless station and has its PIV chip
 * written at the contact station, and every design has two sides in colour.
 */
export function needsOf({ magnetic }: CardProfile): CardNeeds {
  return { stations: ['contactless', 'contact'], duplex: sidePanels.length > 1, colour: true, magnetic: magnetic !== undefined };
}

/** What a card of a profile is made of, or of some of its chips. */
export function cardKindOf(profile: CardProfile, steps: CardKind['steps'] = stepsOf(profile)): CardKind {
  const { tag, mifare } = profile;
  return {
    steps,
    mifareTag: tag.place === 'MIFARE' && mifare !== null ? { sector: tag.sector, lock: mifare.lock } : null,
    mifareChip: mifare?.chip ?? null,
    needs: needsOf(profile),
  };
}

/** The chips in the profile's order, then the stripe. */
function stepsOf({ stepOrder, magnetic }: CardProfile): CardKind['steps'] {
  return magnetic === undefined ? stepOrder : [...stepOrder, 'magnetic'];
}
