import type { CardProfile } from '../../queue/profile/card-profile.ts';
import type { CardKind } from './station-parts.ts';

/** What a card of a profile is made of, or of some of its chips. */
export function cardKindOf({ stepOrder, tag, mifare }: CardProfile, steps: CardKind['steps'] = stepOrder): CardKind {
  return {
    steps,
    mifareTag: tag.place === 'MIFARE' && mifare !== null ? { sector: tag.sector, lock: mifare.lock } : null,
    mifareChip: mifare?.chip ?? null,
  };
}
