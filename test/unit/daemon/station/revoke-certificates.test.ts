import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mailbox } from '../../../../daemon/portal/mailbox.ts';
import { deliverWaiting } from '../../../../daemon/portal/deliver-outbox.ts';
import { certificateRevoked, revocationWanted, revokeWaiting, revokingMailbox, wantRevocation } from '../../../../daemon/station/revoke-certificates.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import type { RevocableCertificate } from '../../../../drivers/contracts/certificate-authority.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import type { OrderStore } from '../../../../queue/store/order-store.ts';
import { openOrderStore } from '../../../../queue/store/sqlite-order-store.ts';
import { temporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const never = new AbortController().signal;
const known = { slot: '9A', serial: '0A01', publicKeySha256: 'aa', subjectKeyId: 'a1' };
const unanswered = { slot: '9E', serial: null, publicKeySha256: 'bb', subjectKeyId: 'b1' };

let folder: TemporaryFolder;
let store: OrderStore;
/** What the authority revoked, by number or by key; it is away while `isAway`, knows no keys unless `knowsKeys`, and was asked `asked` times. */
let revoked: string[];
let isAway: boolean;
let knowsKeys: boolean;
let asked: number;

async function revoke({ serial, subjectKeyId }: RevocableCertificate): Promise<void> {
  asked += 1;
  if (isAway) throw new StationFault('ENC-CA-UNAVAILABLE', { data: { sent: false } });
  if (serial === null && !knowsKeys) throw new StationFault('CA-REFUSED');
  revoked.push(serial ?? `key ${subjectKeyId}`);
}

beforeEach(async () => {
  folder = await temporaryFolder('revoke');
  using dataKey = Secret.take(randomBytes(32));
  store = openOrderStore({ dir: folder.path, dataKey, clock: systemClock });
  revoked = [];
  isAway = false;
  knowsKeys = false;
  asked = 0;
});
afterEach(async () => {
  store[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

const waiting = (): readonly string[] => store.outbox.pending(10).map(({ kind }) => kind);

describe('certificates of a scrapped card', () => {
  it('are asked to be revoked once an attempt, and not at all when there are none', () => {
    wantRevocation(store, 'O-1', 1, []);
    expect(waiting()).toEqual([]);
    wantRevocation(store, 'O-1', 1, [known]);
    wantRevocation(store, 'O-1', 1, [known]);
    expect(store.outbox.pending(10).map(({ kind, body }) => [kind, JSON.parse(body) as unknown])).toEqual([[revocationWanted, { orderId: 'O-1', attempt: 1, certificates: [known] }]]);
  });

  it('are revoked where the authority speaks revocation, and the portal is told of the fact', async () => {
    wantRevocation(store, 'O-1', 1, [known]);
    await revokeWaiting({ store, revoke }, never);
    expect(revoked).toEqual(['0A01']);
    expect(waiting()).toEqual([certificateRevoked]);
    await revokeWaiting({ store, revoke }, never);
    expect(revoked).toEqual(['0A01']);
  });

  it('stay a wish where it does not, where it is away, and where a number is not known', async () => {
    wantRevocation(store, 'O-1', 1, [known]);
    await revokeWaiting({ store, revoke: null }, never);
    isAway = true;
    await revokeWaiting({ store, revoke }, never);
    expect(waiting()).toEqual([revocationWanted]);
    isAway = false;
    wantRevocation(store, 'O-2', 1, [unanswered, known]);
    await revokeWaiting({ store, revoke }, never);
    expect(waiting().toSorted()).toEqual([certificateRevoked, revocationWanted].toSorted());
  });

  it('are revoked by their key where the authority finds them by it, although nobody saw them', async () => {
    knowsKeys = true;
    wantRevocation(store, 'O-1', 1, [unanswered, known]);
    await revokeWaiting({ store, revoke }, never);
    expect(revoked).toEqual(['key b1', '0A01']);
    expect(waiting()).toEqual([certificateRevoked]);
  });

  it('are not asked for one after the other when the authority is away', async () => {
    isAway = true;
    for (const order of ['O-1', 'O-2', 'O-3']) wantRevocation(store, order, 1, [known, known]);
    await revokeWaiting({ store, revoke }, never);
    expect(asked).toBe(1);
    expect(waiting()).toHaveLength(3);
  });

  it('are revoked on the way to the portal when nobody was quicker', async () => {
    const delivered: string[] = [];
    const portal: Mailbox = { deliver: async ({ kind }) => { delivered.push(kind); } };
    wantRevocation(store, 'O-1', 1, [known]);
    wantRevocation(store, 'O-2', 1, [unanswered]);
    store.outbox.put({ id: 'other', orderId: 'O-3', kind: 'order-finished', body: '{}' });
    const parts = { outbox: store.outbox, clock: systemClock, onTrouble: (where: string, error: unknown): void => { throw new Error(where, { cause: error }); } };
    expect(await deliverWaiting({ ...parts, mailbox: revokingMailbox(portal, revoke) }, never)).toBe(true);
    expect(delivered).toEqual([certificateRevoked, revocationWanted, 'order-finished']);
    expect(revoked).toEqual(['0A01']);
    expect(revokingMailbox(portal, null)).toBe(portal);
  });

  it('let a surprise through', async () => {
    wantRevocation(store, 'O-1', 1, [known]);
    await expect(revokeWaiting({ store, revoke: async () => { throw new TypeError('a bug'); } }, never)).rejects.toThrow('a bug');
    expect(waiting()).toEqual([revocationWanted]);
  });
});
