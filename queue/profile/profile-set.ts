import type { Order } from '../order/order-schema.ts';
import type { CardProfile } from './card-profile.ts';
import type { SectorProfile } from './sector-profile.ts';

/** All profiles that a station knows, approved or not. */
export interface ProfileSet {
  readonly cards: readonly CardProfile[];
  readonly sectors: readonly SectorProfile[];
}

/**
 * The approved card profile of an order: the one it names, else the newest approved version of its technology (the
 * first id in alphabetical order where several have it). Null when there is none.
 */
export function cardProfileOf(card: Order['card'], profiles: ProfileSet): CardProfile | null {
  const fitting = profiles.cards.filter(
    (profile) =>
      profile.release.approved &&
      profile.technology === card.technologyProfile &&
      (card.profileId === undefined || profile.id === card.profileId) &&
      (card.profileVersion === undefined || profile.version === card.profileVersion),
  );
  return fitting.toSorted((one, other) => one.id.localeCompare(other.id, 'en') || other.version - one.version)[0] ?? null;
}

/** The approved sector profile of an order's company: the version it names, else the newest. Null when none is asked for or none is there. */
export function sectorProfileOf(company: Order['company'], profiles: ProfileSet): SectorProfile | null {
  if (company.sectorProfileId === undefined) return null;
  const fitting = profiles.sectors.filter(
    (profile) =>
      profile.release.approved &&
      profile.id === company.sectorProfileId &&
      (company.sectorProfileVersion === undefined || profile.version === company.sectorProfileVersion),
  );
  return fitting.toSorted((one, other) => other.version - one.version)[0] ?? null;
}
