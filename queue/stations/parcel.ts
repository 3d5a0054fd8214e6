import { StationFault } from '../../drivers/contracts/fault.ts';
import type { DataCipher } from '../store/data-cipher.ts';
import type { OrderFile } from '../store/order-store.ts';

/** All that another station needs to make an order: what the store of its own station holds of it. */
export interface OrderParcel {
  readonly orderId: string;
  readonly contentHash: string;
  /** Canonical JSON of the order. */
  readonly payload: string;
  readonly files: readonly OrderFile[];
}

const sizeBytes = 4;

/**
 * A parcel as bytes that only stations with the site's key can open: the length of its head (32 bits, big endian), the head
 * as JSON with the size of every picture, the pictures one after another; all of it sealed under the order's id, so that a
 * parcel cannot be laid under another order.
 */
export function sealParcel(parcel: OrderParcel, cipher: DataCipher): Buffer {
  const { files, ...rest } = parcel;
  const head = Buffer.from(JSON.stringify({ ...rest, files: files.map(({ role, bytes }) => ({ role, size: bytes.length })) }));
  const size = Buffer.alloc(sizeBytes);
  size.writeUInt32BE(head.length);
  return cipher.seal(nameOf(parcel.orderId), Buffer.concat([size, head, ...files.map(({ bytes }) => bytes)]));
}

/** Opens a parcel. Throws `STO-BROKEN` when it was changed, sealed with another site's key, or is another order's. */
export function openParcel(orderId: string, sealed: Uint8Array, cipher: DataCipher): OrderParcel {
  const plain = cipher.open(nameOf(orderId), sealed);
  const end = sizeBytes + plain.readUInt32BE(0);
  const head = JSON.parse(plain.toString('utf8', sizeBytes, end)) as Omit<OrderParcel, 'files'> & { readonly files: readonly { readonly role: OrderFile['role']; readonly size: number }[] };
  let start = end;
  const files = head.files.map(({ role, size }): OrderFile => {
    start += size;
    return { role, bytes: Uint8Array.from(plain.subarray(start - size, start)) };
  });
  if (start !== plain.length) throw new StationFault('STO-BROKEN', { note: `the parcel of ${orderId} has another length than it says` });
  return { orderId: head.orderId, contentHash: head.contentHash, payload: head.payload, files };
}

function nameOf(orderId: string): string {
  return `parcel ${orderId}`;
}
