import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { openParcel, sealParcel, type OrderParcel } from '../../../../queue/stations/parcel.ts';
import { DataCipher } from '../../../../queue/store/data-cipher.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';

const keyed = (fill: number): DataCipher => DataCipher.from(Secret.take(new Uint8Array(32).fill(fill)));
const parcel: OrderParcel = {
  orderId: 'ID06-1',
  contentHash: 'ab'.repeat(32),
  payload: '{"holder":{"lastName":"Åkerlund"}}',
  files: [{ role: 'photo', bytes: Uint8Array.of(1, 2, 3) }, { role: 'logo', bytes: new Uint8Array() }],
};

describe('an order on its way to another station', () => {
  test('comes out as it went in, and shows nothing of its person on the way', () => {
    const sealed = sealParcel(parcel, keyed(1));
    expect(openParcel('ID06-1', sealed, keyed(1))).toEqual(parcel);
    expect(sealed.includes('kerlund')).toBe(false);
  });

  test.each([
    ['under another order', 'ID06-2', keyed(1), (sealed: Buffer) => sealed],
    ['at another site', 'ID06-1', keyed(2), (sealed: Buffer) => sealed],
    ['when a byte was changed', 'ID06-1', keyed(1), (sealed: Buffer) => Buffer.from(sealed.map((byte, index) => (index === 40 ? byte ^ 1 : byte)))],
    ['when its end is missing', 'ID06-1', keyed(1), (sealed: Buffer) => sealed.subarray(0, -1)],
  ])('is not opened %s', (_case, orderId, cipher, change) => {
    expectFault('STO-BROKEN', () => openParcel(orderId, change(sealParcel(parcel, keyed(1))), cipher));
  });
});
