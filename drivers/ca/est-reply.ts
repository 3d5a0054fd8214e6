import type { FaultCode } from '../contracts/fault.ts';
import type { EstReply } from './est-link.ts';

/** What a reply means for the operation that was asked. */
export type EstVerdict =
  | { readonly kind: 'done'; readonly body: string }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'fault'; readonly code: FaultCode; readonly note: string };

const certsOnlyOperations: ReadonlySet<string> = new Set(['cacerts', 'simpleenroll', 'simplereenroll']);
const shortestWaitMs = 1000;
const maxNoteCharacters = 200;

/**
 * Judges a reply by status, content type and Retry-After (RFC 7030 sections 4.1.3, 4.2.3 and 4.5.2). `nowMs` is wall
 * time, for a Retry-After that is a date. Anything else than an answer, a wait or a plain no counts as unavailable.
 */
export function judgeReply(operation: string, reply: EstReply, nowMs: number): EstVerdict {
  const { status } = reply;
  if (status === 202 || (status === 503 && reply.retryAfter !== undefined)) return { kind: 'wait', forMs: waitMs(reply.retryAfter, nowMs) };
  if (operation === 'csrattrs' && (status === 204 || status === 404)) return { kind: 'done', body: '' };
  if (status === 200) return judgeContent(operation, reply);
  const note = `HTTP ${status} ${explanation(reply)}`.trim();
  if (status === 408 || status === 429 || status >= 500) return { kind: 'fault', code: 'ENC-CA-UNAVAILABLE', note };
  return { kind: 'fault', code: 'CA-REFUSED', note };
}

function judgeContent(operation: string, reply: EstReply): EstVerdict {
  const wanted = certsOnlyOperations.has(operation) ? 'application/pkcs7-mime' : 'application/csrattrs';
  const type = reply.contentType.split(';')[0]?.trim().toLowerCase();
  if (type !== wanted) return { kind: 'fault', code: 'CA-PROTOCOL', note: `content type ${printable(reply.contentType)}` };
  return { kind: 'done', body: reply.body };
}

function waitMs(retryAfter: string | undefined, nowMs: number): number {
  const text = retryAfter?.trim() ?? '';
  const dateMs = Date.parse(text);
  const forMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Number.isNaN(dateMs) ? shortestWaitMs : dateMs - nowMs;
  return Math.max(forMs, shortestWaitMs);
}

/** The human-readable part that a server may send with a refusal (section 4.2.3). */
function explanation(reply: EstReply): string {
  return reply.contentType.startsWith('text/plain') ? printable(reply.body) : '';
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').trim().slice(0, maxNoteCharacters);
}
