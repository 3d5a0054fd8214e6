import { printedOrganisationNumber } from '../../queue/order/derived-values.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import type { CardProfile } from '../../queue/profile/card-profile.ts';
import type { CardFace } from '../../templates/render/card-face.ts';
import type { PlannedValues } from './attempt-state.ts';

/** The pictures of one order, as delivered. */
export interface OrderPictures {
  readonly photo: Uint8Array;
  readonly logo: Uint8Array | null;
}

/** What the card of an order shows. The holder's own number is not among it (domain facts 1.1). */
export function cardFaceOf(order: Order, pictures: OrderPictures, profile: CardProfile, values: Pick<PlannedValues, 'cardNumber' | 'validTo'>, returnAddress: readonly string[]): CardFace {
  const { crop } = order.photo;
  return {
    templateId: profile.templateId,
    texts: {
      firstName: order.holder.firstName,
      lastName: order.holder.lastName,
      companyName: order.company.registeredName,
      organisationNumber: printedOrganisationNumber(order),
      cardNumber: values.cardNumber,
      validTo: values.validTo,
      returnAddress: returnAddress.join('\n'),
    },
    photo: pictures.photo,
    ...(crop === undefined ? {} : { photoCrop: { left: crop.x, top: crop.y, width: crop.w, height: crop.h } }),
    greyPhoto: profile.greyPhoto,
    logo: order.logo.use ? pictures.logo : null,
    codes: { cardNumber: values.cardNumber },
  };
}
