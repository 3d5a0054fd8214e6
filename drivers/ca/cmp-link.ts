import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { StationFault } from '../contracts/fault.ts';
import { readBoundedReply } from './bounded-reply.ts';

/** Where a CMP server listens: `http` (messages protect themselves) or `https` with pinned roots (PEM). */
export interface CmpEndpoint {
  readonly url: string;
  readonly trustedRootsPem: string | null;
}

/** Checks an endpoint. Throws `CFG-INVALID` for a url that is neither http nor https, or https without roots. */
export function checkCmpEndpoint({ url, trustedRootsPem }: CmpEndpoint): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:') throw new StationFault('CFG-INVALID', { field: 'ca.url' });
  if (protocol === 'https:' && trustedRootsPem === null) throw new StationFault('CFG-INVALID', { field: 'ca.url', note: 'https without a trusted root' });
}

/**
 * Posts one message and gives the reply's body (RFC 6712, 3). Throws `ENC-CA-UNAVAILABLE` with `sent` telling whether
 * the request may have arrived, `CA-REFUSED` for an HTTP refusal, `CA-PROTOCOL` for a reply that is no CMP message.
 */
export async function postCmp(endpoint: CmpEndpoint, message: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const progress = { sent: false };
  try {
    return await send(endpoint, message, signal, progress);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StationFault) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new StationFault('ENC-CA-UNAVAILABLE', { note: code, data: { sent: progress.sent } }, error);
  }
}

function send({ url, trustedRootsPem }: CmpEndpoint, message: Uint8Array, signal: AbortSignal, progress: { sent: boolean }): Promise<Uint8Array> {
  const isTls = new URL(url).protocol === 'https:';
  const options = { method: 'POST', signal, agent: false, headers: { 'content-type': 'application/pkixcmp', 'content-length': message.length, accept: 'application/pkixcmp' } } as const;
  return new Promise((resolve, reject) => {
    const outgoing = isTls ? requestHttps(url, { ...options, ca: trustedRootsPem ?? '', minVersion: 'TLSv1.2' }) : requestHttp(url, options);
    outgoing.on('error', reject);
    outgoing.on('finish', () => { progress.sent = true; });
    outgoing.on('response', (incoming) => { readReply(incoming).then(resolve, reject); });
    outgoing.end(message);
  });
}

/** A refusal by HTTP may still carry a CMP error message (RFC 6712, 3.3), so the body counts before the status. */
async function readReply(incoming: IncomingMessage): Promise<Uint8Array> {
  const body = await readBoundedReply(incoming);
  const type = incoming.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/pkixcmp') return new Uint8Array(body);
  const status = incoming.statusCode ?? 0;
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (isRefusal) throw new StationFault('CA-REFUSED', { note: `HTTP ${status}`, data: { status } });
  if (status >= 400) throw new StationFault('ENC-CA-UNAVAILABLE', { note: `HTTP ${status}`, data: { status, sent: true } });
  throw new StationFault('CA-PROTOCOL', { field: 'cmp', note: 'the answer is no CMP message' });
}
