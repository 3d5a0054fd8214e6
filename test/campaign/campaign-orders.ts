import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { Release, TestCard } from '../../queue/profile/profile-parts.ts';
import { profileDigest } from '../../queue/profile/release-state.ts';
import { approversBeside } from '../../daemon/intake/read-approvers.ts';
import { newApprover } from '../support/approval-key.ts';
import { readOrders } from '../../daemon/intake/read-orders.ts';

/**
 * The samples of which campaign orders are made: holders from the published test lists, with portraits of their own.
 * Companies that are one person (their number is the holder's) cannot be multiplied.
 */
const templates = ['10001', '10002', '10003', '10004', '10005', '10006', '10007', '10008', '10009', '10010', '10013', '10014'];
/** Organisation numbers `559999-nnnC`: the series of the samples. */
const companies = 1_000;

/** Most orders of one piece: so many differ in holder or company. */
export const mostPieceOrders = templates.length * companies;
/** Every so many companies have a code structure of their own, for those of their cards whose sample has one. */
const companiesWithSectors = 3;

interface OrderFile {
  orderId: string;
  messageId?: string;
  card: { technologyProfile: string };
  delivery: { mode: string };
  company: { organisationNumber: string; form: string; sectorProfileId?: string; sectorProfileVersion?: number };
  approvals: Record<string, { contentHash?: string }>;
}

/** The id of the order with this number: what a campaign with this seed calls it. */
function campaignOrderId(seed: number, number: number): string {
  return `C${seed}-${String(number).padStart(5, '0')}`;
}

/**
 * Writes order files `first` to `first + count - 1` of a campaign: a sample under a new number, for a company of its
 * own, so that every card shows something that no other card shows, approved with the content hash of its own. Gives
 * the paths.
 */
export async function writeCampaignOrders(folder: string, seed: number, first: number, count: number): Promise<readonly string[]> {
  if (count > mostPieceOrders) throw new Error(`orders are told apart up to ${mostPieceOrders}`);
  await mkdir(folder, { recursive: true });
  const samples = join(packageRoot(), 'samples', 'batch');
  for (const pictures of ['photos', 'logos']) await cp(join(samples, pictures), join(folder, pictures), { recursive: true });
  const written: { readonly path: string; readonly order: OrderFile }[] = [];
  for (let number = first; number < first + count; number += 1) {
    const order = await orderOf(samples, seed, number);
    const path = join(folder, `${order.orderId}.json`);
    await writeFile(path, JSON.stringify(order));
    written.push({ path, order });
  }
  await approve(written);
  // Cards on the same kind of blank come together, as the product's batches have them: the feeder is changed once.
  return written.toSorted((one, other) => one.order.card.technologyProfile.localeCompare(other.order.card.technologyProfile, 'en')).map(({ path }) => path);
}

async function orderOf(samples: string, seed: number, number: number): Promise<OrderFile> {
  const template = templates[number % templates.length] ?? '';
  const order = JSON.parse(await readFile(join(samples, `ID06-${template}.json`), 'utf8')) as OrderFile;
  order.orderId = campaignOrderId(seed, number);
  delete order.messageId;
  const company = companyOf(number);
  order.company.organisationNumber = organisationNumber(company);
  order.company.form = 'AB';
  // A code structure belongs to one company.
  const hasSectors = order.company.sectorProfileId !== undefined && company % companiesWithSectors === 0;
  delete order.company.sectorProfileId;
  delete order.company.sectorProfileVersion;
  if (hasSectors) [order.company.sectorProfileId, order.company.sectorProfileVersion] = [sectorProfileId(company), 1];
  return order;
}

/** Whether the order in a file is for the express desk. */
export async function isExpressOrder(path: string): Promise<boolean> {
  return (JSON.parse(await readFile(path, 'utf8')) as OrderFile).delivery.mode === 'EXPRESS_PICKUP';
}

function companyOf(number: number): number {
  return Math.floor(number / templates.length) % companies;
}

function sectorProfileId(company: number): string {
  return `doors-${String(company).padStart(3, '0')}`;
}

/**
 * Writes the profiles that orders `first` to `first + count - 1` name into a folder: those of the samples, and for
 * companies with a code structure the sample's one, made theirs and released again by an approver of this campaign, who
 * is listed beside the folder with the samples' one.
 */
export async function writeCampaignProfiles(folder: string, first: number, count: number): Promise<void> {
  const samples = join(packageRoot(), 'samples', 'profiles');
  await cp(samples, folder, { recursive: true });
  const approver = newApprover('campaign');
  const known = JSON.parse(await readFile(join(samples, '..', 'approvers.json'), 'utf8')) as { readonly approvers: readonly unknown[] };
  await writeFile(approversBeside(folder), JSON.stringify({ approvers: [...known.approvers, { name: approver.name, publicKey: Buffer.from(approver.spki).toString('base64') }] }));
  const sample = JSON.parse(await readFile(join(samples, 'akerlund-doors-1.json'), 'utf8')) as SectorFile;
  for (const company of new Set(Array.from({ length: count }, (_, index) => companyOf(first + index)))) {
    if (company % companiesWithSectors !== 0) continue;
    const own = { ...sample, id: sectorProfileId(company), companyOrganisationNumber: organisationNumber(company).replace('-', '') };
    const digest = profileDigest(own);
    await writeFile(join(folder, `${own.id}-1.json`), JSON.stringify({ ...own, release: approver.signed({ ...own.release, by: approver.name, digest, testCard: { ...own.release.testCard, profile: digest } }) }));
  }
}

interface SectorFile extends Record<string, unknown> {
  readonly release: Release & { readonly testCard: TestCard };
}

/** `559999-nnnC` with its check digit (Luhn, ISO/IEC 7812-1 annex B). */
export function organisationNumber(company: number): string {
  const body = `559999${String(company).padStart(3, '0')}`;
  const sum = [...body].reduce((total, digit, at) => {
    const weighed = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return `559999-${body.slice(6)}${(10 - (sum % 10)) % 10}`;
}

/** The approvals name what was approved: the content hash that intake itself computes. */
async function approve(written: readonly { readonly path: string; readonly order: OrderFile }[]): Promise<void> {
  const { accepted, refused } = await readOrders(written.map(({ path }) => path));
  const [first] = refused;
  if (first !== undefined) throw new Error(`a campaign order cannot be read: ${JSON.stringify(first.findings)}`);
  const hashes = new Map(accepted.map(({ order, contentHash }) => [order.orderId, contentHash]));
  for (const { path, order } of written) {
    for (const approval of Object.values(order.approvals)) approval.contentHash = hashes.get(order.orderId) ?? '';
    await writeFile(path, JSON.stringify(order));
  }
}
