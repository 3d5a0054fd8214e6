import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCandidate } from '../../../daemon/intake/candidate.ts';
import { defaultIntakeLimits } from '../../../daemon/intake/intake-limits.ts';
import { contentHash } from '../../../queue/order/content-hash.ts';
import { drawLogo } from './draw-logo.ts';
import { cutPortrait, drawPortrait } from './draw-portrait.ts';
import { sampleOrders, type SampleOrder } from './sample-orders.ts';

/**
 * Makes `samples/batch` and `samples/expected-outcomes.json` anew: `npx tsx test/support/samples/make-samples.ts`.
 * Every date in the orders is fixed and past, and validity is asked for in months, so that the orders stay as they
 * are judged here on any later day.
 */
const root = join(import.meta.dirname, '../../..');
const batch = join(root, 'samples/batch');

const orderedAt = '2026-09-14T07:30:00Z';
const approvedAt = { orderer: '2026-09-14T07:30:00Z', issuer: '2026-09-15T08:05:00Z', holder: '2026-09-15T16:40:00Z', trade: '2026-09-16T06:20:00Z' };

await mkdir(join(batch, 'photos'), { recursive: true });
await mkdir(join(batch, 'logos'), { recursive: true });
const outcomes: Record<string, { outcome: 'produced' | 'refused'; codes: readonly string[] }> = {};
for (const sample of sampleOrders) {
  await writePictures(sample);
  const file = join(batch, `${sample.orderId}.json`);
  await writeFile(file, `${JSON.stringify(await approved(sample, file), null, 2)}\n`);
  const codes = sample.refusedFor ?? sample.spoilt?.codes ?? [];
  outcomes[sample.orderId] = { outcome: codes.length === 0 ? 'produced' : 'refused', codes };
}
await writeFile(join(root, 'samples/expected-outcomes.json'), `${JSON.stringify(outcomes, null, 2)}\n`);

async function writePictures({ orderId, company, portrait }: SampleOrder): Promise<void> {
  const photo = 'cut' in portrait ? await cutPortrait(join(root, 'samples/pictures'), portrait.cut) : await drawPortrait(portrait.drawn, portrait.grey);
  await writeFile(join(batch, `photos/${orderId}.jpg`), photo);
  const { logo } = company;
  if (logo === null) return;
  const [widthPx, heightPx] = logo.file.includes('353x118') ? [353, 118] : [708, 236];
  await writeFile(join(batch, `logos/${logo.file}`), await drawLogo({ ...logo, widthPx, heightPx }));
}

/** The order with approvals that name its content, then spoilt where the sample says so. */
async function approved(sample: SampleOrder, file: string): Promise<unknown> {
  const raw = rawOrder(sample);
  const { order, findings } = await readCandidate(raw, { file, position: null }, defaultIntakeLimits);
  const hash = order === null ? null : contentHash(order);
  if (order === null || hash === null) throw new Error(`${sample.orderId}: ${JSON.stringify(findings)}`);
  const approval = (who: keyof typeof approvedAt) => ({ state: 'APPROVED', by: `${who}-${sample.orderId.toLowerCase()}`, at: approvedAt[who], contentHash: hash });
  const holder = sample.spoilt?.how === 'no holder approval' ? { state: 'WAITING' } : approval('holder');
  const approvals = { orderer: approval('orderer'), issuer: approval('issuer'), holder, ...(sample.trade === true ? { trade: approval('trade') } : {}) };
  const lastName = sample.spoilt?.how === 'name changed' ? `${sample.person.lastName}-Lind` : sample.person.lastName;
  const verifiedName = `${sample.person.firstName} ${lastName}`;
  return { ...raw, holder: { ...raw.holder, lastName, identification: { ...raw.holder.identification, verifiedName } }, approvals };
}

function rawOrder(sample: SampleOrder) {
  const { orderId, company, person, technology } = sample;
  const { logo } = company;
  return {
    schemaVersion: 1,
    messageId: `6f1c0c5e-7d0a-4c61-9b1e-0000000${orderId.slice(-5)}`,
    orderId,
    shipmentId: `S-${company.company.organisationNumber.slice(-4)}`,
    orderedAt,
    orderer: { accountId: `account-${company.company.organisationNumber.slice(-4)}`, role: 'ADMINISTRATOR' },
    company: technology === 'PIVC' ? withoutSectors(company.company) : company.company,
    holder: {
      ...person,
      email: sample.email,
      mobile: '+46 70 000 00 00',
      identification: { method: 'PASSPORT', verifiedName: `${person.firstName} ${person.lastName}`, verifiedAt: '2026-09-14T07:25:00Z' },
    },
    card: { generation: '2.0', type: 'STANDARD', technologyProfile: technology, ...(sample.validityMonths === undefined ? {} : { validityMonths: sample.validityMonths }) },
    photo: { file: `photos/${orderId}.jpg`, takenAt: '2026-08-20', review: { decision: 'approved', by: 'reviewer-1', at: approvedAt.issuer } },
    logo: sample.logoColour === undefined ? { use: false } : { use: true, colour: sample.logoColour, file: `logos/${logo?.file ?? ''}` },
    ...(sample.trade === true ? { trade: { organisationCode: 'BYGG', approvalRequired: true } } : {}),
    approvals: {},
    delivery: sample.express === true ? { mode: 'EXPRESS_PICKUP', pickupPoint: 'STOCKHOLM' } : { mode: 'STANDARD', address: { recipient: `${person.firstName} ${person.lastName}`.slice(0, 100), companyName: company.company.registeredName, ...company.address } },
    accessories: sample.fob === true ? [{ sku: 'EM_FOB', quantity: 1 }] : [],
    letter: { template: 'activation', language: person.nationality === 'SE' ? 'sv' : 'en' },
  };
}

function withoutSectors({ sectorProfileId: _id, sectorProfileVersion: _version, ...rest }: SampleOrder['company']['company']) {
  return rest;
}
