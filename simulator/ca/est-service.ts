import 'reflect-metadata';
import { X509Certificates, type X509Certificate } from '@peculiar/x509';
import type { CaFault } from './ca-faults.ts';
import { readEnrolmentRequest } from './enrolment-request.ts';
import type { AuthorityIdentities } from './identities.ts';
import type { IssuingAuthority } from './issuing-authority.ts';

/** A request as the server received it; `authenticated` tells whether the client may ask for certificates. */
export interface EstCall {
  readonly method: string;
  readonly operation: string;
  readonly contentType: string;
  readonly authenticated: boolean;
  readonly body: Buffer;
}

/** An HTTP answer, or the connection cut without one. */
export type EstAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly kind: 'cut' };

/** id-ecPublicKey and ecdsa-with-SHA256, as CsrAttrs (RFC 7030 section 4.5.2): what the authority likes to see. */
const csrAttributes = Buffer.from('301306072a8648ce3d020106082a8648ce3d040302', 'hex').toString('base64');

/** Of the arc for documentation (RFC 5612). */
const otherPolicy = '1.3.6.1.4.1.32473.9.9';

/** The operations of EST over the issuing authority (RFC 7030 section 4), without HTTP or TLS. */
export class EstService {
  readonly #identities: AuthorityIdentities;
  readonly #authority: IssuingAuthority;

  constructor(identities: AuthorityIdentities, authority: IssuingAuthority) {
    this.#identities = identities;
    this.#authority = authority;
  }

  async answer(call: EstCall, fault: CaFault | undefined): Promise<EstAnswer> {
    if (fault?.name === 'away') return { kind: 'cut' };
    switch (call.operation) {
      case 'cacerts': return only('GET', call, () => certsOnly([this.#identities.issuing, this.#identities.root], fault));
      case 'csrattrs': return only('GET', call, () => content('application/csrattrs', csrAttributes));
      case 'simpleenroll':
      case 'simplereenroll': return only('POST', call, () => this.#enrol(call, fault));
      default: return plain(404, `no operation ${call.operation}`);
    }
  }

  async #enrol(call: EstCall, fault: CaFault | undefined): Promise<EstAnswer> {
    if (!call.authenticated) return plain(401, 'a client certificate for enrolment is required');
    if (call.contentType.split(';')[0]?.trim().toLowerCase() !== 'application/pkcs10') return plain(415, 'application/pkcs10 is required');
    const early = faultBeforeSigning(fault);
    if (early !== undefined) return early;
    const read = await readEnrolmentRequest(Buffer.from(call.body.toString('latin1'), 'base64'));
    if (read.kind === 'refused') return plain(400, read.reason);
    const request = fault?.name === 'wrong-policy' ? { ...read.request, policies: [otherPolicy] } : read.request;
    if (call.operation === 'simpleenroll') return delivered(await this.#authority.issue(request), fault, this.#identities);
    const renewal = await this.#authority.renew(request);
    if (renewal.kind === 'unknown-subject') return plain(400, 'no certificate with this subject and alternative name was issued');
    return delivered(renewal.certificate, fault, this.#identities);
  }
}

function faultBeforeSigning(fault: CaFault | undefined): EstAnswer | undefined {
  switch (fault?.name) {
    case 'waiting': return { ...plain(202, 'a person must approve the request'), headers: { 'retry-after': String(fault.retryAfterSeconds) } };
    case 'refuse': return plain(403, fault.reason);
    case 'failing': return plain(500, 'the authority has an internal error');
    case undefined: case 'away': case 'slow': case 'lost-answer': case 'garbled': case 'wrong-key': case 'wrong-policy': return undefined;
  }
}

function delivered(certificate: X509Certificate, fault: CaFault | undefined, identities: AuthorityIdentities): EstAnswer {
  if (fault?.name === 'lost-answer') return { kind: 'cut' };
  return certsOnly([fault?.name === 'wrong-key' ? identities.station : certificate], fault);
}

function certsOnly(certificates: X509Certificate[], fault: CaFault | undefined): EstAnswer {
  const message = Buffer.from(new X509Certificates(certificates).export('raw'));
  const sent = fault?.name === 'garbled' ? message.subarray(0, message.length - 40) : message;
  return content('application/pkcs7-mime; smime-type=certs-only', sent.toString('base64'));
}

async function only(method: string, call: EstCall, act: () => EstAnswer | Promise<EstAnswer>): Promise<EstAnswer> {
  return call.method === method ? act() : plain(405, `${call.operation} takes ${method}`);
}

function content(type: string, body: string): EstAnswer {
  return { kind: 'answer', status: 200, headers: { 'content-type': type, 'content-transfer-encoding': 'base64' }, body };
}

function plain(status: number, text: string): Extract<EstAnswer, { kind: 'answer' }> {
  return { kind: 'answer', status, headers: { 'content-type': 'text/plain' }, body: `${text}\n` };
}
