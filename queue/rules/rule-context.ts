import type { Finding } from '../../drivers/contracts/finding.ts';
import type { Day } from '../order/calendar.ts';
import type { ProfileSet } from '../profile/profile-set.ts';
import type { RuleSettings } from './rule-settings.ts';

/** Statuses of a finished card (domain facts 1.8). */
export type CardStatus = 'PRODUCED' | 'ACTIVE' | 'BLOCKED' | 'SUSPENDED' | 'TERMINATED' | 'EXPIRED';

/** A card that the station or upstream knows. */
export interface KnownCard {
  readonly orderId: string;
  readonly duplicateKey: string;
  readonly status: CardStatus;
}

/** What the station already knows: lookups without side effects, answered from its store and from the batch under way. */
export interface KnownOrders {
  /** Content hash of an order that is here already, or null. */
  contentHashOf(orderId: string): string | null;
  /** Which order a message brought, or null. */
  orderOfMessage(messageId: string): string | null;
  /** Open orders and valid cards of the same person at the same company, other than this order. */
  othersOf(duplicateKey: string, orderId: string): readonly { readonly orderId: string }[];
  cardOf(cardNumber: string): KnownCard | null;
  /** Whether this photo (SHA-256) stands on an order of another person. */
  photoOfOther(photoSha256: string, identityKey: string): boolean;
}

/** When a pick-up point is open, in Stockholm time: minutes from midnight on working days. */
export interface OpeningHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** What this site can make and hand over. */
export interface SiteAbilities {
  readonly colour: boolean;
  /** Null where cards cannot be picked up; `hours` null means always open. */
  readonly express: { readonly pickupPoints: readonly string[]; readonly hours: OpeningHours | null } | null;
  /** Add-on products by sku, with the number in stock; null where stock is not counted. */
  readonly accessories: Readonly<Record<string, number | null>>;
  /** Whether an order needs the photo reviewer's recorded decision beside the issuer's approval. */
  readonly photoReviewRequired: boolean;
}

/** The printed texts that a layout is asked about, by the template's field names. */
export type PrintedTexts = Readonly<Record<'firstName' | 'lastName' | 'companyName' | 'organisationNumber', string>>;

/**
 * What the card's template and font say of texts: `ORD-CHARACTERS` and `ORD-TEXT-TOO-LONG`, with the template's field
 * name as `field`. Handed in, because only the font knows.
 */
export type LayoutCheck = (templateId: string, texts: PrintedTexts) => readonly Finding[];

/** Everything a rule may look at beside the order. Rules are pure: the same order and context give the same findings. */
export interface RuleContext {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** The same in Stockholm's calendar. */
  readonly today: Day;
  readonly settings: RuleSettings;
  readonly site: SiteAbilities;
  readonly profiles: ProfileSet;
  readonly known: KnownOrders;
  readonly layout: LayoutCheck;
}

/** For a check without a station behind it: nothing is known. */
export const nothingKnown: KnownOrders = {
  contentHashOf: () => null,
  orderOfMessage: () => null,
  othersOf: () => [],
  cardOf: () => null,
  photoOfOther: () => false,
};
