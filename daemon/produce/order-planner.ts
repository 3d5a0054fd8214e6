import { randomUUID } from 'node:crypto';
import type { Clock, Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { KeyCustody } from '../../drivers/contracts/keys.ts';
import type { MagneticTracks } from '../../drivers/contracts/printer.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';
import type { MifareJob } from '../../drivers/mifare-classic/job.ts';
import type { PivJob } from '../../drivers/piv/job.ts';
import { stockholmDay } from '../../queue/order/calendar.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import { profileName, type CardProfile } from '../../queue/profile/card-profile.ts';
import { magneticTexts } from '../../queue/profile/magnetic-stripe.ts';
import type { SectorProfile } from '../../queue/profile/sector-profile.ts';
import type { RenderedCard } from '../../templates/render/card-face.ts';
import type { CardRenderer } from '../../templates/render/card-renderer.ts';
import { chipPortrait } from '../../templates/render/chip-portrait.ts';
import { cardFaceOf, type OrderPictures } from './card-face.ts';
import type { CardPlan, CardPlanner, FixedValues } from './card-plan.ts';
import type { CertificateToRevoke } from './certificates-to-revoke.ts';
import { drawCardSecrets, packSecrets, unpackSecrets, type CardSecrets } from './card-secrets.ts';
import { planMifare, sectorValuesOf, type MifarePlan } from './mifare-plan.ts';
import { planPiv, type PivPlan } from './piv-plan.ts';

/** Where card numbers come from; each is durable before it is given and never given twice. */
export interface CardNumberSource {
  reserve(orderId: string, attempt: number): string;
  adopt(cardNumber: string, orderId: string, attempt: number): void;
  retire(cardNumber: string): void;
}

/** What a planner needs of the station. */
export interface PlanningParts {
  readonly renderer: CardRenderer;
  readonly keys: KeyCustody;
  readonly numbers: CardNumberSource;
  readonly clock: Clock;
  readonly returnAddress: readonly string[];
  /** The last day a card of this order may be valid when it is made on a day (rules R20, R21). */
  readonly lastDay: (order: Order, productionDay: string) => string;
  /** What no rendered card may show, and what it must (rules R09, R10). */
  readonly checkTexts: (order: Order, card: RenderedCard) => readonly Finding[];
  /** Seals a PIN to the portal, makes the message durable (the same attempt is sent once), and makes the letter. */
  readonly handOver: (order: Order, attempt: number, plan: CardPlan, pin: Secret) => Promise<void>;
  /** Asks whoever keeps the authority to revoke certificates; durable, once an attempt. */
  readonly revoke: (orderId: string, attempt: number, certificates: readonly CertificateToRevoke[]) => void;
  readonly limit: Wait;
}

/** One order with everything its card is made from. */
export interface PlannableOrder {
  readonly order: Order;
  readonly pictures: OrderPictures;
  readonly profile: CardProfile;
  readonly sectors: SectorProfile | null;
}

/** Makes the planner of one claimed order. */
export function orderPlanner(parts: PlanningParts, plannable: PlannableOrder): CardPlanner {
  return {
    fix: (attempt) => fixValues(parts, plannable, attempt),
    build: (attempt, fixed) => buildPlan(parts, plannable, attempt, fixed),
    handOver: async (attempt, plan) => {
      const job = plan.pivJob();
      if (job !== null) await parts.handOver(plannable.order, attempt, plan, job.pin);
    },
    retire: (cardNumber) => parts.numbers.retire(cardNumber),
    revoke: (attempt, certificates) => parts.revoke(plannable.order.orderId, attempt, certificates),
  };
}

async function fixValues(parts: PlanningParts, { order, profile }: PlannableOrder, attempt: number): Promise<FixedValues> {
  const cardNumber = takeNumber(parts, order, attempt);
  const validFrom = stockholmDay(parts.clock.now());
  using secrets = drawCardSecrets(profile.piv.pinDigits);
  using packed = packSecrets(secrets);
  const sealed = await parts.keys.seal(packed);
  const values = { cardNumber, guid: randomUUID().replaceAll('-', ''), validFrom, validTo: parts.lastDay(order, validFrom), profile: profileName(profile) };
  return { values, sealed };
}

/** Upstream's number serves the first card; a remake gets a new one (domain facts 4.3). */
function takeNumber({ numbers }: PlanningParts, order: Order, attempt: number): string {
  const given = order.card.number;
  if (given === undefined || attempt > 1) return numbers.reserve(order.orderId, attempt);
  numbers.adopt(given, order.orderId, attempt);
  return given;
}

async function buildPlan(parts: PlanningParts, plannable: PlannableOrder, attempt: number, fixed: FixedValues): Promise<CardPlan> {
  const { order, pictures, profile, sectors } = plannable;
  const face = cardFaceOf(order, pictures, profile, fixed.values, parts.returnAddress);
  const card = await parts.renderer.render(face, parts.limit);
  const [finding] = parts.checkTexts(order, card);
  if (finding !== undefined) throw new StationFault(finding.code, { ...finding.detail, ...(finding.field === undefined ? {} : { field: finding.field }) });
  const values = { ...fixed.values, artwork: card.image.digest };
  const mifare = planMifare(order, attempt, profile, sectors, values);
  const portrait = profile.piv.facialImage ? await chipPortrait(face.photo, face.photoCrop) : null;
  const piv = planPiv(order, attempt, profile, values, portrait);
  using packed = await parts.keys.unseal(fixed.sealed);
  const tracks = profile.magnetic === undefined ? null : magneticTexts(profile.magnetic, sectorValuesOf(order, values));
  return new OrderCardPlan(values, card, tracks, mifare, piv, unpackSecrets(packed));
}

/** A plan that holds PIN and PUK until it is disposed of. */
class OrderCardPlan implements CardPlan {
  readonly values: CardPlan['values'];
  readonly image: CardPlan['image'];
  readonly front: CardPlan['front'];
  readonly magneticTracks: MagneticTracks | null;
  readonly #mifare: MifarePlan | null;
  readonly #piv: PivPlan;
  readonly #secrets: CardSecrets;

  constructor(values: CardPlan['values'], card: RenderedCard, tracks: MagneticTracks | null, mifare: MifarePlan | null, piv: PivPlan, secrets: CardSecrets) {
    this.values = values;
    this.image = card.image;
    this.front = card.front;
    this.magneticTracks = tracks;
    this.#mifare = mifare;
    this.#piv = piv;
    this.#secrets = secrets;
  }

  mifareJob(uid: string): MifareJob | null {
    return this.#mifare === null ? null : { ...this.#mifare, uid };
  }

  pivJob(): PivJob {
    return { ...this.#piv, pin: this.#secrets.pin, puk: this.#secrets.puk };
  }

  [Symbol.dispose](): void {
    this.#secrets[Symbol.dispose]();
  }
}
