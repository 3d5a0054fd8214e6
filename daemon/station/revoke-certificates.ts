import type { Wait } from '../../drivers/contracts/clock.ts';
import { asStationFault } from '../../drivers/contracts/fault.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import type { CertificateToRevoke } from '../produce/certificates-to-revoke.ts';
import type { StationCore } from './station-rooms.ts';

/** Kind of the message that asks for a revocation, and of the one that tells of it. */
export const revocationWanted = 'certificate-revocation-wanted';
const revoked = 'certificate-revoked';
const MOST_MESSAGES = 100;

/**
 * Lays the certificates of an attempt that must not live on into the outbox: whoever keeps the authority revokes them
 * when the authority's protocol cannot. Durable when it returns; the same attempt is told once.
 */
export function wantRevocation(store: OrderStore, orderId: string, attempt: number, certificates: readonly CertificateToRevoke[]): void {
  if (certificates.length === 0) return;
  store.outbox.put({ id: `${orderId}.${attempt}.revoke`, orderId, kind: revocationWanted, body: JSON.stringify({ orderId, attempt, certificates }) });
}

/**
 * Revokes what waits, where the authority speaks revocation; then the portal is told of a fact instead of a wish. What
 * has no known serial number, and what the authority did not do, stays a wish and is tried again at the next settle.
 */
export async function revokeWaiting({ store, revoke }: Pick<StationCore, 'store' | 'revoke'>, limit: Wait): Promise<void> {
  if (revoke === null) return;
  for (const event of store.outbox.pending(MOST_MESSAGES).filter(({ kind }) => kind === revocationWanted)) {
    const wanted = JSON.parse(event.body) as { readonly certificates: readonly CertificateToRevoke[] };
    if (!(await allRevoked(wanted.certificates, revoke, limit))) {
      store.outbox.tried(event.id);
      continue;
    }
    store.atomically(() => {
      store.outbox.put({ id: `${event.id}d`, orderId: event.orderId, kind: revoked, body: event.body });
      store.outbox.delivered(event.id);
    });
  }
}

async function allRevoked(certificates: readonly CertificateToRevoke[], revoke: NonNullable<StationCore['revoke']>, limit: Wait): Promise<boolean> {
  let all = true;
  for (const { serial } of certificates) {
    if (serial === null) all = false;
    else all = (await revoke(serial, limit).then(() => true, (error: unknown) => isPassing(error))) && all;
  }
  return all;
}

/** A faulty answer or an authority that is away must not stop the station: the message stays and is tried again. Surprises go up. */
function isPassing(error: unknown): false {
  const { code } = asStationFault(error);
  if (code === 'STA-BUG' || code === 'STA-ABORTED') throw error;
  return false;
}
