import type { CertificateAuthority } from '../../drivers/contracts/certificate-authority.ts';
import type { Clock } from '../../drivers/contracts/clock.ts';
import type { KeyCustody } from '../../drivers/contracts/keys.ts';
import type { ClaimDesk } from '../../queue/claim/claim-desk.ts';
import type { OrderQueue } from '../../queue/bullmq/work-queue.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { ProfileSet } from '../../queue/profile/profile-set.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import type { Fonts } from '../../templates/render/fonts.ts';
import type { CardRenderer } from '../../templates/render/card-renderer.ts';
import type { StationParts } from '../produce/station-parts.ts';
import type { Site } from './site.ts';
import type { PinSealer } from '../portal/seal-pin.ts';

/** Where letters go and what they are made with. */
export interface LetterRoom {
  readonly lettersDir: string;
  readonly fonts: Fonts;
  /** Where the holder activates the card, as a person types it. */
  readonly portal: string;
}

/** Everything that recovery and production need. No Redis: an outage of the queue never costs a card (queue.md 2.4). */
export interface StationCore {
  readonly id: string;
  readonly clock: Clock;
  readonly parts: StationParts;
  readonly journal: Journal;
  readonly store: OrderStore;
  readonly renderer: CardRenderer;
  readonly keys: KeyCustody;
  readonly profiles: ProfileSet;
  readonly pins: PinSealer;
  readonly returnAddress: readonly string[];
  readonly letters: LetterRoom;
  /** Revokes a certificate by its serial number; null when the authority's protocol cannot. */
  readonly revoke: NonNullable<CertificateAuthority['revoke']> | null;
  /** The last day a card of this order may be valid when it is made on a day (rules R20, R21). */
  readonly lastDay: (order: Order, productionDay: string) => string;
}

/** What tells stations apart and wakes them; rebuildable from the store and the journals. */
export interface StationQueue {
  readonly claims: ClaimDesk;
  readonly queue: OrderQueue;
  /** The other stations of the site; missing where this one is alone or each has orders of its own. */
  readonly site?: Site;
  /** The queue that this station alone serves, where several share a server and each makes its own orders. */
  readonly ownLane?: string;
}
