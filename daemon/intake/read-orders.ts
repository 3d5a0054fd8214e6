import canonicalize from 'canonicalize';
import { faultEntry } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { contentHash } from '../../queue/order/content-hash.ts';
import { orderSchema } from '../../queue/order/order-schema.ts';
import { readBounded } from '../files/bounded-file.ts';
import { inFile, readCandidate, type Candidate } from './candidate.ts';
import { defaultIntakeLimits, type IntakeLimits } from './intake-limits.ts';
import type { AcceptedOrder, IntakeResult, RefusedOrder } from './intake-result.ts';
import { findOrderFiles, type OrderFilePath } from './order-files.ts';
import type { RawOrder } from './raw-order.ts';
import { rawOrders } from './raw-orders.ts';

/** What an intake has read before any rule was asked. */
export interface ReadBatch {
  readonly candidates: readonly Candidate[];
  readonly ignored: readonly string[];
}

/**
 * Reads orders from files and folders: schema and pictures, no rules. A bad file, line, order or picture is refused by
 * itself and the others go on; an order that is there twice is taken once, or not at all when its copies differ.
 */
export async function readOrders(paths: readonly string[], limits: IntakeLimits = defaultIntakeLimits): Promise<IntakeResult> {
  return intakeResult(await readBatch(paths, limits));
}

/** Reads all candidates of a batch, in the order of the paths. */
export async function readBatch(paths: readonly string[], limits: IntakeLimits): Promise<ReadBatch> {
  const { files, refused, ignored } = await findOrderFiles(paths, limits);
  const candidates: Candidate[] = refused.map(({ file, finding }) => brokenCandidate(file, null, finding));
  let pictureBytes = 0;
  for (const file of files) {
    for (const raw of await fileOrders(file, limits)) {
      if (candidates.length >= limits.orders || pictureBytes >= limits.batchPictureBytes) {
        return { candidates: withoutTwins([...candidates, fullBatch(file, raw, limits)]), ignored };
      }
      const candidate = await candidateOf(raw, file, limits);
      pictureBytes += (candidate.photo?.length ?? 0) + (candidate.logo?.length ?? 0);
      candidates.push(candidate);
    }
  }
  return { candidates: withoutTwins(candidates), ignored };
}

/** Parts what may be produced from what goes back. An order is refused for anything that is more than a warning. */
export function intakeResult({ candidates, ignored }: ReadBatch): IntakeResult {
  const accepted: AcceptedOrder[] = [];
  const refused: RefusedOrder[] = [];
  for (const candidate of candidates) {
    const order = acceptedOrder(candidate);
    if (order === null) refused.push({ place: candidate.place, orderId: candidate.orderId, order: candidate.order, findings: candidate.findings });
    else accepted.push(order);
  }
  return { accepted, refused, ignored };
}

/** Whether a finding keeps an order from being produced. */
export function stopsOrder(finding: Finding): boolean {
  return faultEntry(finding.code).next !== 'warn';
}

function acceptedOrder({ place, order, photo, logo, findings }: Candidate): AcceptedOrder | null {
  if (order === null || photo === null || findings.some(stopsOrder)) return null;
  const complete = orderSchema.parse(order);
  const hash = contentHash(complete);
  return hash === null ? null : { place, order: complete, photo, logo, contentHash: hash, warnings: findings };
}

async function fileOrders(file: OrderFilePath, limits: IntakeLimits): Promise<readonly RawOrder[]> {
  const read = await readBounded(file.path, limits.orderFileBytes);
  if (read.kind === 'read') return rawOrders(read.bytes, file.kind);
  return [{ kind: 'broken', position: null, finding: { code: read.code, field: 'order', detail: { field: file.path, note: read.note } } }];
}

async function candidateOf(raw: RawOrder, file: OrderFilePath, limits: IntakeLimits): Promise<Candidate> {
  if (raw.kind === 'broken') return brokenCandidate(file.path, raw.position, raw.finding);
  return readCandidate(raw.value, { file: file.path, position: raw.position }, limits);
}

/** Where the batch ends because it is full: this order and everything after it is not read. */
function fullBatch(file: OrderFilePath, raw: RawOrder, limits: IntakeLimits): Candidate {
  const note = `at most ${limits.orders} orders and ${limits.batchPictureBytes} bytes of pictures in a batch: nothing was read from here on`;
  return brokenCandidate(file.path, raw.position, { code: 'FIL-TOO-LARGE', field: 'order', detail: { field: file.path, note } });
}

function brokenCandidate(file: string, position: number | null, finding: Finding): Candidate {
  const place = { file, position };
  return { place, orderId: null, order: null, photo: null, logo: null, findings: inFile([finding], place) };
}

/** The first of equal copies stays; where copies differ nobody knows which is meant, and none does. */
function withoutTwins(candidates: readonly Candidate[]): readonly Candidate[] {
  const texts = new Map<string, string[]>();
  for (const { orderId, order } of candidates) {
    if (orderId !== null) texts.set(orderId, [...(texts.get(orderId) ?? []), canonicalize(order) ?? '']);
  }
  const seen = new Set<string>();
  return candidates.map((candidate) => {
    const copies = texts.get(candidate.orderId ?? '') ?? [];
    const differ = new Set(copies).size > 1;
    const first = candidate.orderId === null || !seen.has(candidate.orderId);
    if (candidate.orderId !== null) seen.add(candidate.orderId);
    if (copies.length < 2 || (first && !differ)) return candidate;
    const note = differ ? 'the copies differ' : 'the first one is taken';
    return { ...candidate, findings: [...candidate.findings, ...inFile([{ code: 'ORD-TWICE', field: 'orderId', detail: { field: 'orderId', note } }], candidate.place)] };
  });
}
