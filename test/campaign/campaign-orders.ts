import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { readOrders } from '../../daemon/intake/read-orders.ts';

/**
 * The samples of which campaign orders are made: holders from the published test lists, with portraits of their own.
 * Companies that are one person (their number is the holder's) cannot be multiplied.
 */
const templates = ['10001', '10002', '10003', '10004', '10005', '10006', '10007', '10008', '10009', '10010', '10013', '10014'];
/** Organisation numbers `559999-nnnC`: the series of the samples. */
const companies = 1_000;

/** Most orders that differ in holder or company. */
export const mostCampaignOrders = templates.length * companies;

interface OrderFile {
  orderId: string;
  messageId?: string;
  company: { organisationNumber: string; form: string; sectorProfileId?: string; sectorProfileVersion?: number };
  approvals: Record<string, { contentHash?: string }>;
}

/** The id of the order with this number: what a campaign with this seed calls it. */
export function campaignOrderId(seed: number, number: number): string {
  return `C${seed}-${String(number).padStart(5, '0')}`;
}

/**
 * Writes order files `first` to `first + count - 1` of a campaign: a sample under a new number, for a company of its
 * own, so that every card shows something that no other card shows, approved with the content hash of its own. Gives
 * the paths.
 */
export async function writeCampaignOrders(folder: string, seed: number, first: number, count: number): Promise<readonly string[]> {
  if (first + count > mostCampaignOrders) throw new Error(`a campaign has at most ${mostCampaignOrders} orders`);
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
  return written.map(({ path }) => path);
}

async function orderOf(samples: string, seed: number, number: number): Promise<OrderFile> {
  const template = templates[number % templates.length] ?? '';
  const order = JSON.parse(await readFile(join(samples, `ID06-${template}.json`), 'utf8')) as OrderFile;
  order.orderId = campaignOrderId(seed, number);
  delete order.messageId;
  order.company.organisationNumber = organisationNumber(Math.floor(number / templates.length));
  order.company.form = 'AB';
  // A code structure belongs to the company of the sample.
  delete order.company.sectorProfileId;
  delete order.company.sectorProfileVersion;
  return order;
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
