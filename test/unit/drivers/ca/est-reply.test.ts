import { describe, expect, it } from 'vitest';
import { judgeReply, type EstVerdict } from '../../../../drivers/ca/est-reply.ts';

const nowMs = Date.UTC(2026, 10, 22, 10, 0, 0);
const certs = 'application/pkcs7-mime; smime-type=certs-only';

interface Case {
  readonly operation?: string;
  readonly status: number;
  readonly contentType?: string;
  readonly retryAfter?: string;
  readonly body?: string;
}

function judge({ operation = 'simpleenroll', status, contentType = '', retryAfter, body = '' }: Case): EstVerdict {
  return judgeReply(operation, { status, contentType, retryAfter, body }, nowMs);
}

describe('a reply', () => {
  it.each<[string, Case, Partial<EstVerdict>]>([
    ['an answer', { status: 200, contentType: certs, body: 'MII=' }, { kind: 'done', body: 'MII=' }],
    ['an answer in other letters', { status: 200, contentType: 'Application/PKCS7-MIME' }, { kind: 'done' }],
    ['attributes', { operation: 'csrattrs', status: 200, contentType: 'application/csrattrs', body: 'MA==' }, { kind: 'done', body: 'MA==' }],
    ['no attributes', { operation: 'csrattrs', status: 204 }, { kind: 'done', body: '' }],
    ['a server without attributes', { operation: 'csrattrs', status: 404, contentType: 'text/html', body: '<p>' }, { kind: 'done', body: '' }],
    ['a wait in seconds', { status: 202, retryAfter: '120' }, { kind: 'wait', forMs: 120_000 }],
    ['a wait until a date', { status: 202, retryAfter: 'Sun, 22 Nov 2026 10:05:00 GMT' }, { kind: 'wait', forMs: 300_000 }],
    ['a wait until a date that is over', { status: 202, retryAfter: 'Sun, 22 Nov 2026 09:05:00 GMT' }, { kind: 'wait', forMs: 1000 }],
    ['a wait without a time', { status: 202 }, { kind: 'wait', forMs: 1000 }],
    ['a wait of nothing', { status: 202, retryAfter: '0' }, { kind: 'wait', forMs: 1000 }],
    ['a busy server with a time', { status: 503, retryAfter: '5' }, { kind: 'wait', forMs: 5000 }],
    ['a busy server', { status: 503 }, { kind: 'fault', code: 'ENC-CA-UNAVAILABLE', note: 'HTTP 503' }],
    ['an internal error', { status: 500 }, { kind: 'fault', code: 'ENC-CA-UNAVAILABLE' }],
    ['too many requests', { status: 429 }, { kind: 'fault', code: 'ENC-CA-UNAVAILABLE' }],
    ['a refusal', { status: 400, contentType: 'text/plain', body: 'bad\u0000\nsubject\n' }, { kind: 'fault', code: 'CA-REFUSED', note: 'HTTP 400 bad subject' }],
    ['a closed door', { status: 401 }, { kind: 'fault', code: 'CA-REFUSED', note: 'HTTP 401' }],
    ['a redirect, which is not followed', { status: 302 }, { kind: 'fault', code: 'CA-REFUSED', note: 'HTTP 302' }],
    ['a page', { status: 200, contentType: 'text/html' }, { kind: 'fault', code: 'CA-PROTOCOL' }],
    ['attributes instead of certificates', { status: 200, contentType: 'application/csrattrs' }, { kind: 'fault', code: 'CA-PROTOCOL' }],
  ])('%s', (_, given, verdict) => {
    expect(judge(given)).toMatchObject(verdict);
  });

  it('quotes no more than a line of a refusal', () => {
    const verdict = judge({ status: 403, contentType: 'text/plain', body: 'no '.repeat(10_000) });
    expect(verdict.kind === 'fault' && verdict.note.length).toBeLessThan(220);
  });
});
