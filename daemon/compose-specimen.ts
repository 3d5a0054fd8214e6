import { randomUUID } from 'node:crypto';
import type { MifareJob } from '../drivers/mifare-classic/job.ts';
import type { PivJob } from '../drivers/piv/job.ts';
import { readStoredOrder, type Order } from '../queue/order/order-schema.ts';
import { profileName, type CardProfile } from '../queue/profile/card-profile.ts';
import type { SectorProfile } from '../queue/profile/sector-profile.ts';
import { specimenPortrait } from '../templates/render/chip-portrait.ts';
import { planMifare } from './produce/mifare-plan.ts';
import { planPiv } from './produce/piv-plan.ts';
import type { PlannedValues } from './produce/attempt-state.ts';
import type { CardSecrets } from './produce/card-secrets.ts';

const noPicture = '0'.repeat(64);

/** A made-up person at a made-up company: what a test card carries. No card number of it is ever given to anyone. */
function specimenOrder(card: CardProfile): Order {
  return readStoredOrder({
    orderId: 'PROVKORT-SPECIMEN',
    orderedAt: '2026-01-01T00:00:00Z',
    orderer: { accountId: 'specimen', role: 'ADMINISTRATOR' },
    company: { country: 'SE', organisationNumber: '5599990115', form: 'AB', registeredName: 'Provkort Specimen AB', registeredAtBolagsverket: true, id06Status: 'ACTIVE' },
    holder: { firstName: 'Prov', lastName: 'Kort', identity: { type: 'PERSONNUMMER', value: '200002292399' }, nationality: 'SE' },
    card: { generation: '2.0', technologyProfile: card.technology },
    photo: { assetId: 'specimen', sha256: noPicture, mime: 'image/png', width: 492, height: 656 },
    logo: { use: false },
    approvals: {},
    delivery: { mode: 'STANDARD' },
  });
}

function specimenValues(card: CardProfile): PlannedValues {
  return { cardNumber: 'BB-0001-999999', guid: randomUUID().replaceAll('-', ''), validFrom: '2026-01-01', validTo: '2026-12-31', profile: profileName(card), artwork: noPicture };
}

/** What the MIFARE chip of a test card shall carry; null when the profile has no such chip. Throws `ENC-PROFILE-INVALID`. */
export function specimenMifareJob(card: CardProfile, sectors: SectorProfile | null, uid: string): MifareJob | null {
  const plan = planMifare(specimenOrder(card), 1, card, sectors, specimenValues(card));
  return plan === null ? null : { ...plan, uid };
}

/** What the PIV applet of a test card shall carry. */
export async function specimenPivJob(card: CardProfile, { pin, puk }: CardSecrets): Promise<PivJob> {
  const portrait = card.piv.facialImage ? await specimenPortrait() : null;
  return { ...planPiv(specimenOrder(card), 1, card, specimenValues(card), portrait), pin, puk };
}
