import { within } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';
import { readStoredOrder, type Order } from '../../queue/order/order-schema.ts';
import { printedOrganisationNumber } from '../../queue/order/derived-values.ts';
import { cardProfileOf, sectorProfileOf } from '../../queue/profile/profile-set.ts';
import type { OrderPayload } from '../../queue/store/order-store.ts';
import { cardKindOf } from '../produce/card-kind.ts';
import { orderPlanner, type PlannableOrder } from '../produce/order-planner.ts';
import type { CardPlan } from '../produce/card-plan.ts';
import type { CardKind, ClaimedOrder } from '../produce/station-parts.ts';
import { checkRenderedTexts } from '../../templates/render/check-rendered-texts.ts';
import { isTakenBack } from './order-desk.ts';
import { wantRevocation } from './revoke-certificates.ts';
import type { StationCore } from './station-rooms.ts';
import { writeLetter } from './write-letter.ts';

/** Drawing a card takes tens of milliseconds; more than this and something is wrong. */
const RENDER_TIMEOUT_MS = 30_000;
/** Sealing the PIN and making the letter take less than a second; a picture library that never answers must not keep the card inside for ever: it is asked again. */
const HAND_OVER_TIMEOUT_MS = 60_000;

/** An order of this station's store, ready for the production loop. */
export interface LoadedOrder {
  readonly claimed: ClaimedOrder;
  readonly kind: CardKind;
  readonly order: Order;
}

/**
 * Opens the stored payload of an order and makes its planner. Throws `STO-BROKEN` when the payload is gone or damaged,
 * `ENC-PROFILE-UNKNOWN` when the order's card or sector profile is not there (any more).
 */
export function loadOrder(core: StationCore, orderId: string, fence: number, signal: AbortSignal): LoadedOrder {
  const payload = core.store.getPayload(orderId);
  if (payload === null) throw new StationFault('STO-BROKEN', { note: `the payload of ${orderId} is not in the store` });
  const plannable = plannableOf(core, payload);
  const planner = orderPlanner(
    {
      renderer: core.renderer,
      keys: core.keys,
      numbers: core.store.cardNumbers,
      clock: core.clock,
      returnAddress: core.returnAddress,
      lastDay: core.lastDay,
      checkTexts: (order, card) => checkRenderedTexts(card.texts, { organisationNumber: printedOrganisationNumber(order), personalNumbers: [order.holder.identity.value] }),
      handOver: (order, attempt, plan, pin) => within(core.clock, { signal, timeoutMs: HAND_OVER_TIMEOUT_MS }, () => handOver(core, order, attempt, plan, pin)),
      revoke: (order, attempt, certificates) => wantRevocation(core.store, order, attempt, certificates),
      limit: { signal, timeoutMs: RENDER_TIMEOUT_MS },
    },
    plannable,
  );
  return { claimed: { orderId, fence, payloadDigest: payload.digest, planner, withdrawn: () => isTakenBack(core.store, orderId) }, kind: cardKindOf(plannable.profile), order: plannable.order };
}

function plannableOf(core: StationCore, payload: OrderPayload): PlannableOrder {
  const order = readStoredOrder(JSON.parse(payload.payload));
  const profile = cardProfileOf(order.card, core.profiles);
  const sectors = sectorProfileOf(order.company, core.profiles);
  if (profile === null || (sectors === null && order.company.sectorProfileId !== undefined)) throw new StationFault('ENC-PROFILE-UNKNOWN');
  const photo = payload.files.find((file) => file.role === 'photo')?.bytes;
  if (photo === undefined) throw new StationFault('STO-BROKEN', { note: `the photo of ${order.orderId} is not in the store` });
  const logo = payload.files.find((file) => file.role === 'logo')?.bytes ?? null;
  return { order, pictures: { photo, logo }, profile, sectors };
}

/** One message an attempt, sealed to the portal; the outbox keeps it once. Then the letter, which never holds the PIN. */
async function handOver(core: StationCore, order: Order, attempt: number, plan: CardPlan, pin: Secret): Promise<void> {
  const { orderId } = order;
  const { cardNumber } = plan.values;
  const sealed = await core.pins.seal(pin, cardNumber);
  core.store.outbox.put({ id: `${orderId}.${attempt}.pin`, orderId, kind: 'pin-handed-over', body: JSON.stringify({ orderId, attempt, cardNumber, pin: sealed }) });
  await writeLetter(core, order, plan, pin);
}
