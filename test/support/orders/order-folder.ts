import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCandidate } from '../../../daemon/intake/candidate.ts';
import { defaultIntakeLimits } from '../../../daemon/intake/intake-limits.ts';
import { contentHash } from '../../../queue/order/content-hash.ts';
import { exampleOrder } from './example-order.ts';
import { picture } from './hostile-pictures.ts';

export type FileOrder = Record<string, unknown> & { readonly orderId: string };

/** A folder of orders and pictures for one test, gone afterwards. */
export interface OrderFolder extends AsyncDisposable {
  readonly path: string;
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** An order of the folder's own `photo.jpg` and `logo.png`, approved as changed; its pictures must be there. */
  order(changes: Record<string, unknown> & { readonly orderId: string }): Promise<FileOrder>;
  writeOrder(name: string, order: unknown): Promise<string>;
}

/** Opens a folder that already holds `photo.jpg` (492 x 656) and `logo.png` (708 x 236). */
export async function openOrderFolder(): Promise<OrderFolder> {
  const path = await mkdtemp(join(tmpdir(), 'kortverk-orders-'));
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
    return join(path, name);
  };
  await write('photo.jpg', await picture(492, 656).jpeg().toBuffer());
  await write('logo.png', await picture(708, 236).png().toBuffer());
  return {
    path,
    write,
    order: (changes) => approvedFileOrder(path, changes),
    writeOrder: (name, order) => write(name, JSON.stringify(order)),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

async function approvedFileOrder(folder: string, changes: Record<string, unknown> & { readonly orderId: string }): Promise<FileOrder> {
  const { photo, logo: _logo, approvals: _approvals, messageId: _message, ...rest } = exampleOrder();
  const { takenAt, review } = photo;
  const order = { ...rest, photo: { file: 'photo.jpg', takenAt, review }, logo: { use: true, file: 'logo.png' }, ...changes };
  const { order: read } = await readCandidate({ ...order, approvals: {} }, { file: join(folder, 'x.json'), position: null }, defaultIntakeLimits);
  const hash = read === null ? null : contentHash(read);
  const approval = { state: 'APPROVED', by: 'somebody', at: '2026-09-15T16:40:00Z', ...(hash === null ? {} : { contentHash: hash }) };
  return { approvals: { orderer: approval, issuer: approval, holder: approval }, ...order };
}

/** Another person, so that two orders of a batch do not stand in each other's way. */
export function person(value: string, firstName: string, lastName: string): Record<string, unknown> {
  const { holder } = exampleOrder();
  return { ...holder, firstName, lastName, identity: { ...holder.identity, value }, identification: { ...holder.identification, verifiedName: `${firstName} ${lastName}` } };
}
