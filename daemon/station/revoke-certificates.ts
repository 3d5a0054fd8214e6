import type { Wait } from '../../drivers/contracts/clock.ts';
import { asStationFault } from '../../drivers/contracts/fault.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import type { PendingEvent } from '../../queue/store/outbox.ts';
import type { Mailbox } from '../portal/mailbox.ts';
import type { CertificateToRevoke } from '../produce/certificates-to-revoke.ts';
import type { StationCore } from './station-rooms.ts';

/** Kind of the message that asks for a revocation, and of the one that tells of it. */
export const revocationWanted = 'certificate-revocation-wanted';
export const certificateRevoked = 'certificate-revoked';

const MOST_MESSAGES = 1_000;
/** How long one revocation may take; what is not done then stays a wish. */
const REVOCATION_TIMEOUT_MS = 10_000;

type Revoke = NonNullable<StationCore['revoke']>;

/**
 * Lays the certificates of an attempt that must not live on into the outbox: whoever keeps the authority revokes them
 * when the authority's protocol cannot. Durable when it returns; the same attempt is told once.
 */
export function wantRevocation(store: OrderStore, orderId: string, attempt: number, certificates: readonly CertificateToRevoke[]): void {
  if (certificates.length === 0) return;
  store.outbox.put({ id: `${orderId}.${attempt}.revoke`, orderId, kind: revocationWanted, body: JSON.stringify({ orderId, attempt, certificates }) });
}

/**
 * Revokes what waits in the outbox, where the authority speaks revocation; then the portal is told of a fact instead of a
 * wish. What the authority did not do stays a wish; when it is away the rest is not asked for, so that one deadline is
 * waited for and not one a wish.
 */
export async function revokeWaiting({ store, revoke }: Pick<StationCore, 'store' | 'revoke'>, signal: AbortSignal): Promise<void> {
  if (revoke === null) return;
  for (const event of store.outbox.pending(MOST_MESSAGES).filter(({ kind }) => kind === revocationWanted)) {
    const answer = await revokeAll(event, revoke, signal);
    if (answer === 'away') return;
    if (answer === 'refused') continue;
    store.atomically(() => {
      store.outbox.put({ id: `${event.id}d`, orderId: event.orderId, kind: certificateRevoked, body: event.body });
      store.outbox.delivered(event.id);
    });
  }
}

/** A mailbox that tries to make a wish for revocation a fact before it hands it over: it may come to the portal sooner than `revokeWaiting` to it. */
export function revokingMailbox(mailbox: Mailbox, revoke: Revoke | null): Mailbox {
  if (revoke === null) return mailbox;
  return {
    async deliver(event, signal) {
      const isFact = event.kind === revocationWanted && (await revokeAll(event, revoke, signal)) === 'revoked';
      await mailbox.deliver(isFact ? { ...event, kind: certificateRevoked } : event, signal);
    },
  };
}

/** What the authority said to a wish: all of it is revoked now, it said no to a part, or nobody is there. */
type Answer = 'revoked' | 'refused' | 'away';

async function revokeAll({ body }: PendingEvent, revoke: Revoke, signal: AbortSignal): Promise<Answer> {
  const { certificates } = JSON.parse(body) as { readonly certificates: readonly CertificateToRevoke[] };
  const limit: Wait = { signal, timeoutMs: REVOCATION_TIMEOUT_MS };
  const answers: Answer[] = [];
  for (const { serial, subjectKeyId } of certificates) {
    const answer = await revoke({ serial, subjectKeyId }, limit).then((): Answer => 'revoked', answerOf);
    if (answer === 'away') return answer;
    answers.push(answer);
  }
  return answers.every((answer) => answer === 'revoked') ? 'revoked' : 'refused';
}

/** An authority that is away or says no must not stop the station: the wish stays. Surprises go up. */
function answerOf(error: unknown): Answer {
  const { code } = asStationFault(error);
  if (code === 'STA-BUG' || code === 'STA-ABORTED') throw error;
  return code === 'ENC-CA-UNAVAILABLE' ? 'away' : 'refused';
}
