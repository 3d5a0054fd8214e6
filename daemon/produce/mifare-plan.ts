import type { MifareJob } from '../../drivers/mifare-classic/job.ts';
import { printedOrganisationNumber } from '../../queue/order/derived-values.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { CardProfile } from '../../queue/profile/card-profile.ts';
import { sectorBlocks } from '../../queue/profile/sector-blocks.ts';
import type { SectorProfile, SectorValues } from '../../queue/profile/sector-profile.ts';
import type { PlannedValues } from './attempt-state.ts';

/** What the MIFARE chip of an order shall carry, but for the UID that only the fed card tells. */
export type MifarePlan = Omit<MifareJob, 'uid'>;

/** What sectors and magnetic tracks may carry of an order and its card. */
export function sectorValuesOf(order: Order, { cardNumber, validFrom, validTo }: PlannedValues): SectorValues {
  return { cardNumber, organisationNumber: printedOrganisationNumber(order), orderId: order.orderId, validFrom, validTo };
}

/**
 * Lays out the MIFARE chip from the card profile and the company's sectors; null when the profile has no such chip.
 * Throws `ENC-PROFILE-INVALID` when a value does not fit its field.
 */
export function planMifare(order: Order, attempt: number, profile: CardProfile, sectors: SectorProfile | null, values: PlannedValues): MifarePlan | null {
  if (profile.mifare === null || profile.tag.place !== 'MIFARE') return null;
  const sectorValues = sectorValuesOf(order, values);
  const { publisherSector } = profile.mifare;
  return {
    chip: profile.mifare.chip,
    tag: { sector: profile.tag.sector, orderId: order.orderId, attempt },
    keepTag: profile.keepTag,
    sectors: (sectors?.sectors ?? []).map(({ sector, aid, access, keyA, keyB, data }) => ({ sector, aid, access, keyA, keyB, blocks: sectorBlocks({ sector, aid, access, keyA, keyB, data }, sectorValues) })),
    // A card without the publisher's sectors names no publisher: the directory would point at a locked sector.
    publisherSector: (sectors?.sectors ?? []).some(({ sector }) => sector === publisherSector) ? publisherSector : 0,
    lock: profile.mifare.lock,
  };
}
