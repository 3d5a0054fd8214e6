import { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { CertificationRequest } from '@peculiar/asn1-csr';
import type { CertificateAuthority, IssuedCertificate } from '../contracts/certificate-authority.ts';
import { within, type Clock, type Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import { parseCertsOnly } from './certs-only.ts';
import { orderChain } from './certificate-chain.ts';
import { parseCsrAttributes } from './csr-attributes.ts';
import { openEstLink, type EstEndpoint, type EstLink, type EstMessage, type EstReply } from './est-link.ts';
import { judgeReply } from './est-reply.ts';

export interface EstOptions extends EstEndpoint {
  readonly clock: Clock;
}

/** A certificate authority over EST, with the two operations beside the contract's. */
export interface EstAuthority extends CertificateAuthority {
  /** Renews a certificate with the subject of one that it issued before (RFC 7030 section 4.2.2). */
  reenroll(request: Uint8Array, limit: Wait): Promise<IssuedCertificate>;
  /** The object identifiers that the authority wants to see in a request; empty when it has no wish (section 4.5). */
  requestAttributes(limit: Wait): Promise<readonly string[]>;
}

/** A client of Enrollment over Secure Transport (RFC 7030), over TLS with a pinned root. */
class EstClient implements EstAuthority {
  readonly #link: EstLink;
  readonly #clock: Clock;
  #chain: { readonly body: string; readonly certificates: readonly Uint8Array[] } | null = null;

  constructor(link: EstLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  async chain(limit: Wait): Promise<readonly Uint8Array[]> {
    const body = await this.#ask({ method: 'GET', operation: 'cacerts' }, limit);
    // Asked for with each card and all but always the same.
    if (this.#chain?.body !== body) this.#chain = { body, certificates: orderChain(parseCertsOnly(body)) };
    return this.#chain.certificates;
  }

  async enroll(request: Uint8Array, limit: Wait): Promise<IssuedCertificate> {
    return this.#sign('simpleenroll', request, limit);
  }

  async reenroll(request: Uint8Array, limit: Wait): Promise<IssuedCertificate> {
    return this.#sign('simplereenroll', request, limit);
  }

  async requestAttributes(limit: Wait): Promise<readonly string[]> {
    return parseCsrAttributes(await this.#ask({ method: 'GET', operation: 'csrattrs' }, limit));
  }

  async #sign(operation: string, request: Uint8Array, limit: Wait): Promise<IssuedCertificate> {
    const body = Buffer.from(request).toString('base64');
    const certificates = parseCertsOnly(await this.#ask({ method: 'POST', operation, body }, limit));
    const key = requestedKey(request);
    const certificate = certificates.find((der) => keyOf(der).equals(key));
    if (certificate === undefined) throw new StationFault('ENC-CERT-MISMATCH', { note: 'issued for another key than requested' });
    return { certificate };
  }

  /** One operation to its end, with the authority's own waiting time between the tries. Gives the body, base64. */
  async #ask(message: EstMessage, limit: Wait): Promise<string> {
    try {
      return await within(this.#clock, limit, (signal) => this.#exchange(message, signal));
    } catch (error) {
      if (!(error instanceof StationFault) || error.code !== 'LNK-TIMEOUT') throw error;
      throw new StationFault('ENC-CA-UNAVAILABLE', { note: `no answer in ${limit.timeoutMs} ms`, data: { sent: message.method === 'POST' } }, error);
    }
  }

  async #exchange(message: EstMessage, signal: AbortSignal): Promise<string> {
    for (;;) {
      const reply: EstReply = await this.#link.exchange(message, signal);
      const verdict = judgeReply(message.operation, reply, this.#clock.now());
      switch (verdict.kind) {
        case 'done': return verdict.body;
        case 'wait': await this.#clock.sleep(verdict.forMs, signal); break;
        case 'fault': throw new StationFault(verdict.code, { note: verdict.note, data: { status: reply.status, sent: message.method === 'POST' } });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#link[Symbol.dispose]();
  }
}

/**
 * Prepares a client of an EST server (RFC 7030); no connection is made yet. Takes over the secrets and wipes them.
 * Throws `CFG-INVALID` for a url that is not https and for certificates or keys that cannot be read.
 */
export function openEstAuthority(options: EstOptions): EstAuthority {
  return new EstClient(openEstLink(options), options.clock);
}

function keyOf(der: Uint8Array): Buffer {
  try {
    return new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' });
  } catch (error) {
    throw new StationFault('CA-PROTOCOL', { field: 'est', note: 'a certificate with an unusable key' }, error);
  }
}

function requestedKey(request: Uint8Array): Buffer {
  const { subjectPKInfo } = AsnConvert.parse(request, CertificationRequest).certificationRequestInfo;
  return Buffer.from(AsnConvert.serialize(subjectPKInfo));
}
