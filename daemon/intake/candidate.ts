import { basename } from 'node:path';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { normaliseOrder } from '../../queue/order/derived-values.ts';
import type { OrderFile, OrderUnderCheck } from '../../queue/order/order-schema.ts';
import { orderIdOf, parseOrder } from '../../queue/order/parse-order.ts';
import type { IntakeLimits } from './intake-limits.ts';
import type { OrderPlace } from './intake-result.ts';
import { readPictureFile } from './picture-file.ts';
import { readPicture, type MeasuredPicture, type PictureRole } from './read-picture.ts';

/** An order on its way through the intake: whatever could be read of it, and what was found wrong so far. */
export interface Candidate {
  readonly place: OrderPlace;
  readonly orderId: string | null;
  readonly order: OrderUnderCheck | null;
  readonly photo: Uint8Array | null;
  readonly logo: Uint8Array | null;
  readonly findings: readonly Finding[];
}

/** A picture as an order names it: a path, base64, and a digest that it should have. */
type PictureSource = Pick<OrderFile['photo'], 'file' | 'data' | 'assetId' | 'sha256'>;

type LoadedPicture =
  | { readonly kind: 'loaded'; readonly bytes: Uint8Array; readonly facts: MeasuredPicture & { readonly assetId: string } }
  | { readonly kind: 'refused'; readonly finding: Finding };

/** Reads one raw order: schema, pictures, normal form. All its findings at once, each with the field and the file. */
export async function readCandidate(raw: unknown, place: OrderPlace, limits: IntakeLimits): Promise<Candidate> {
  const parsed = parseOrder(raw);
  if (parsed.kind === 'refused') {
    return { place, orderId: orderIdOf(raw), order: null, photo: null, logo: null, findings: inFile(parsed.findings, place) };
  }
  const { photo: photoSource, logo: logoSource, ...rest } = parsed.order;
  const photo = await loadPicture(photoSource, 'photo', place, limits);
  const logo = logoSource.use && isNamed(logoSource) ? await loadPicture(logoSource, 'logo', place, limits) : null;
  const { takenAt, crop, review } = photoSource;
  const { use, colour, colourPriceAccepted } = logoSource;
  const offered = isNamed(logoSource) ? { assetId: assetName(logoSource) } : {};
  const order: OrderUnderCheck = normaliseOrder({
    ...rest,
    photo: photo.kind === 'loaded' ? { ...photo.facts, takenAt, crop, review } : null,
    logo: logo?.kind === 'refused' ? null : { use, colour, colourPriceAccepted, ...(logo === null ? offered : logo.facts) },
  });
  return {
    place,
    orderId: order.orderId,
    order,
    photo: photo.kind === 'loaded' ? photo.bytes : null,
    logo: logo?.kind === 'loaded' ? logo.bytes : null,
    findings: inFile([photo, logo].flatMap((picture) => (picture?.kind === 'refused' ? [picture.finding] : [])), place),
  };
}

/** Findings with the file they are about, where they do not name another. */
export function inFile(findings: readonly Finding[], place: OrderPlace): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, file: finding.file ?? place.file }));
}

async function loadPicture(source: PictureSource, role: PictureRole, place: OrderPlace, limits: IntakeLimits): Promise<LoadedPicture> {
  const field = source.data === undefined ? `${role}.file` : `${role}.data`;
  const refuse = (code: Finding['code'], note: string): LoadedPicture => ({ kind: 'refused', finding: { code, field, detail: { field: source.file ?? field, note: source.file === undefined ? note : `${source.file.slice(0, 200)}: ${note}` } } });
  if (source.file !== undefined && source.data !== undefined) return refuse('ORD-SCHEMA', 'file and data are given both');
  if (source.file === undefined && source.data === undefined) return refuse('ORD-MISSING', 'neither file nor data is given');
  const read = await pictureBytes(source, place, limits);
  if (read.kind === 'refused') return refuse(read.code, read.note);
  const picture = await readPicture(read.bytes, role, limits);
  if (picture.kind === 'refused') return refuse(picture.code, picture.note);
  if (source.sha256 !== undefined && source.sha256 !== picture.facts.sha256) return refuse('FIL-UNREADABLE', 'the digest is not the one that the order gives');
  return { kind: 'loaded', bytes: read.bytes, facts: { ...picture.facts, assetId: assetName(source) } };
}

async function pictureBytes(source: PictureSource, place: OrderPlace, limits: IntakeLimits): Promise<Awaited<ReturnType<typeof readPictureFile>>> {
  if (source.data === undefined) return readPictureFile(place.file, source.file ?? '', limits.pictureBytes);
  const bytes = new Uint8Array(Buffer.from(source.data, 'base64'));
  return bytes.length > limits.pictureBytes ? { kind: 'refused', code: 'FIL-TOO-LARGE', note: `at most ${limits.pictureBytes} bytes` } : { kind: 'read', bytes };
}

function isNamed(source: PictureSource): boolean {
  return source.file !== undefined || source.data !== undefined;
}

function assetName(source: PictureSource): string {
  return source.assetId ?? (source.file === undefined ? 'inline' : basename(source.file.replaceAll('\\', '/')));
}
