import anyAscii from 'any-ascii';
import { nonFederalFascN } from '../../drivers/codec/piv-fasc-n.ts';
import type { FacialImage } from '../../drivers/codec/piv-facial-image.ts';
import type { PrintedInformation } from '../../drivers/codec/piv-printed-information.ts';
import type { IssuedSlot, PivJob, PivSlotPlan, SubjectPart } from '../../drivers/piv/job.ts';
import { printedOrganisationNumber } from '../../queue/order/derived-values.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import { policiesOf } from '../../queue/profile/assurance.ts';
import type { CardProfile } from '../../queue/profile/card-profile.ts';
import { channelPlan } from '../../queue/profile/secure-channel.ts';
import type { ChipPortrait } from '../../templates/render/chip-portrait.ts';
import type { PlannedValues } from './attempt-state.ts';

/** What the PIV applet of an order shall carry, but for PIN and PUK. */
export type PivPlan = Omit<PivJob, 'pin' | 'puk'>;

/** Lays out the PIV applet from the card profile (SP 800-73-5 part 1, section 3). `portrait` is null where the profile has none. */
export function planPiv(order: Order, attempt: number, profile: CardProfile, values: PlannedValues, portrait: ChipPortrait | null = null): PivPlan {
  const { piv, tag } = profile;
  return {
    guid: values.guid,
    cardUuid: null,
    expiry: values.validTo,
    fascN: nonFederalFascN,
    tag: tag.place === 'PIV' ? { container: tag.container, orderId: order.orderId, attempt } : null,
    keepTag: profile.keepTag,
    managementKey: { current: { kind: 'factory default' }, next: piv.managementKey.key, algorithm: piv.managementKey.algorithm },
    secureChannel: piv.secureChannel === null ? null : channelPlan(piv.secureChannel),
    slots: piv.slots.map(({ slot, algorithm, certificateProfile, policies }): PivSlotPlan => ({
      slot, algorithm, certificateProfile, policies: policiesOf(policies, piv.assurance, order), subject: subjectOf(slot, order, values), sanUri: `urn:uuid:${uuidText(values.guid)}`,
    })),
    printedInformation: piv.printedInformation ? printedInformationOf(order, values) : null,
    facialImage: portrait === null ? null : facialImageOf(portrait, values),
    keyHistory: piv.keyHistory,
    tries: piv.tries,
  };
}

function facialImageOf(portrait: ChipPortrait, { validFrom, validTo }: PlannedValues): FacialImage {
  return { ...portrait, createdOn: validFrom, validTo };
}

/** 9E is read without a PIN by any door, so its certificate names the card and no person. */
function subjectOf(slot: IssuedSlot, order: Order, values: PlannedValues): readonly SubjectPart[] {
  const card: SubjectPart = { attribute: 'serialNumber', value: values.cardNumber };
  if (slot === '9E') return [{ attribute: 'C', value: 'SE' }, { attribute: 'CN', value: values.cardNumber }, card];
  const { holder, company } = order;
  return [
    { attribute: 'C', value: company.country },
    { attribute: 'O', value: company.registeredName.slice(0, 64) },
    { attribute: 'organizationIdentifier', value: printedOrganisationNumber(order) },
    { attribute: 'surname', value: holder.lastName.slice(0, 40) },
    { attribute: 'givenName', value: holder.firstName.slice(0, 40) },
    { attribute: 'CN', value: `${holder.firstName} ${holder.lastName}`.slice(0, 64) },
    card,
  ];
}

/** The object holds ASCII only (table 12), so names are spelt with the nearest letters there. */
function printedInformationOf(order: Order, values: PlannedValues): PrintedInformation {
  return {
    name: anyAscii(`${order.holder.firstName} ${order.holder.lastName}`).slice(0, 125),
    employeeAffiliation: anyAscii(order.company.registeredName).slice(0, 20),
    expiry: values.validTo,
    cardSerialNumber: values.cardNumber,
    issuer: 'ID06',
    organizationLine1: anyAscii(order.company.registeredName).slice(0, 20),
    organizationLine2: anyAscii(printedOrganisationNumber(order)).slice(0, 20),
  };
}

function uuidText(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-').toLowerCase();
}
