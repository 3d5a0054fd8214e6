import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import {
  certificateRequestBody, confirmationBody, decodeCertificateResponse, decodeErrorMessage, decodePollResponse, decodeRevocationResponse, pollBody, revocationBody, subjectOf,
  type CmpCertificateResponse, type CmpStatus,
} from '../codec/cmp-bodies.ts';
import { decodeCmpMessage, encodeCmpMessage, encodeProtectedPart, type CmpBody, type CmpMessage } from '../codec/cmp-message.ts';
import type { CertificateAuthority, IssuedCertificate } from '../contracts/certificate-authority.ts';
import { within, type Clock, type Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import { orderChain } from './certificate-chain.ts';
import { checkCmpEndpoint, postCmp, type CmpEndpoint } from './cmp-link.ts';
import { openCmpProtection, type CmpCredential, type CmpProtection } from './cmp-protection.ts';

export interface CmpOptions extends CmpEndpoint {
  readonly credential: CmpCredential;
  /** The authority's certificates, PEM one after the other: issuing authority to root. */
  readonly chainPem: string;
  /** The certificate (PEM) that signs answers, when it is neither the authority's own nor an id-kp-cmcCA of it; null otherwise. */
  readonly responderPem: string | null;
  readonly clock: Clock;
}

/** PKIStatus (RFC 4210, 5.2.3). */
const granted: ReadonlySet<number> = new Set([0, 1]);
const waiting = 3;
/** PKIFailureInfo bit certRevoked: what is revoked already is revoked. */
const alreadyRevoked = 10;
const shortestWaitMs = 1000;
const statusNames = ['accepted', 'granted with changes', 'rejected', 'waiting', 'revocation is near', 'revoked', 'key update is near'];

/** One transaction: its identifier and the nonce that the server sent last. */
interface Transaction {
  readonly id: Uint8Array;
  peerNonce: Uint8Array | null;
}

/** A client of the Certificate Management Protocol in its lightweight profile (RFC 4210, RFC 9483): p10cr, certConf, pollReq and rr over HTTP. */
class CmpClient implements CertificateAuthority {
  readonly #endpoint: CmpEndpoint;
  readonly #protection: CmpProtection;
  readonly #chain: readonly Uint8Array[];
  readonly #clock: Clock;

  constructor(endpoint: CmpEndpoint, protection: CmpProtection, chain: readonly Uint8Array[], clock: Clock) {
    this.#endpoint = endpoint;
    this.#protection = protection;
    this.#chain = chain;
    this.#clock = clock;
  }

  async chain(): Promise<readonly Uint8Array[]> {
    return this.#chain;
  }

  async enroll(request: Uint8Array, limit: Wait): Promise<IssuedCertificate> {
    return this.#limited(limit, async (signal) => {
      const transaction: Transaction = { id: randomBytes(16), peerNonce: null };
      const { requestId, certificate } = await this.#certificate(transaction, request, signal);
      const isOurs = keyOf(certificate).equals(requestedKey(request));
      await this.#confirm(transaction, certificate, requestId, isOurs, signal);
      if (!isOurs) throw new StationFault('ENC-CERT-MISMATCH', { note: 'issued for another key than requested' });
      return { certificate };
    });
  }

  async revoke(serial: string, limit: Wait): Promise<void> {
    await this.#limited(limit, async (signal) => {
      const body = revocationBody(subjectOf(this.#chain[0] ?? new Uint8Array()), Buffer.from(serial.padStart(serial.length + (serial.length % 2), '0'), 'hex'));
      const reply = await this.#exchange({ id: randomBytes(16), peerNonce: null }, body, signal);
      const status = reply.body.kind === 'rp' ? decodeRevocationResponse(reply.body.content) : null;
      if (status === null) throw nonsense(`answer ${reply.body.kind} to a revocation request`);
      if (!granted.has(status.status) && !status.failBits.includes(alreadyRevoked)) throw refused(status);
    });
  }

  /** Asks, and asks again as long as the authority wants to be waited for. */
  async #certificate(transaction: Transaction, request: Uint8Array, signal: AbortSignal): Promise<{ readonly requestId: Uint8Array; readonly certificate: Uint8Array }> {
    let reply = await this.#exchange(transaction, certificateRequestBody(request), signal);
    let polled: Uint8Array = Uint8Array.of(0);
    for (;;) {
      if (reply.body.kind === 'pollRep') {
        const seconds = decodePollResponse(reply.body.content);
        if (seconds === null) throw nonsense('a poll response that cannot be read');
        await this.#clock.sleep(Math.max(seconds * 1000, shortestWaitMs), signal);
      } else {
        const answer = answerOf(reply);
        if (answer.status.status !== waiting) return issued(answer);
        polled = answer.requestId;
      }
      reply = await this.#exchange(transaction, pollBody(polled), signal);
    }
  }

  /** Without it the authority may revoke what it issued (RFC 4210, 5.3.18). */
  async #confirm(transaction: Transaction, certificate: Uint8Array, requestId: Uint8Array, isAccepted: boolean, signal: AbortSignal): Promise<void> {
    const hash = createHash(signatureHash(certificate)).update(certificate).digest();
    const reply = await this.#exchange(transaction, confirmationBody(hash, requestId, isAccepted), signal);
    if (reply.body.kind !== 'pkiconf') throw nonsense(`answer ${reply.body.kind} to a confirmation`);
  }

  async #exchange(transaction: Transaction, body: CmpBody, signal: AbortSignal): Promise<CmpMessage> {
    const senderNonce = randomBytes(16);
    const protection = this.#protection;
    const algorithm = protection.algorithm();
    const header = {
      sender: protection.sender, recipient: subjectOf(this.#chain[0] ?? new Uint8Array()), time: this.#clock.now(), protectionAlgorithm: algorithm,
      senderKeyId: protection.senderKeyId, transactionId: transaction.id, senderNonce, recipientNonce: transaction.peerNonce,
    };
    const part = encodeProtectedPart(header, body);
    const reply = decodeCmpMessage(await postCmp(this.#endpoint, encodeCmpMessage(part, protection.protect(algorithm, part), protection.extraCertificates), signal));
    if (reply === null) throw nonsense('the answer is no CMP message');
    if (!same(reply.header.transactionId, transaction.id) || !same(reply.header.recipientNonce, senderNonce)) throw nonsense('the answer is of another transaction');
    if (!protection.isAuthentic(reply)) throw new StationFault('CA-UNTRUSTED', { note: `the ${reply.body.kind} message is not protected by the authority` });
    transaction.peerNonce = reply.header.senderNonce;
    if (reply.body.kind === 'error') throw refused(decodeErrorMessage(reply.body.content));
    return reply;
  }

  async #limited<T>(limit: Wait, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await within(this.#clock, limit, work);
    } catch (error) {
      if (!(error instanceof StationFault) || error.code !== 'LNK-TIMEOUT') throw error;
      throw new StationFault('ENC-CA-UNAVAILABLE', { note: `no answer in ${limit.timeoutMs} ms`, data: { sent: true } }, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#protection[Symbol.dispose]();
  }
}

/**
 * Prepares a client of a CMP server; no connection is made yet. Takes over the secrets and wipes them. Throws
 * `CFG-INVALID` for an address, certificate or key that cannot be used, `CA-PROTOCOL` for a chain that does not end at a root.
 */
export function openCmpAuthority(options: CmpOptions): CertificateAuthority & Required<Pick<CertificateAuthority, 'revoke'>> {
  checkCmpEndpoint(options);
  const chain = orderChain(certificatesOf(options.chainPem));
  const [pinned] = options.responderPem === null ? [] : certificatesOf(options.responderPem);
  const protection = openCmpProtection(options.credential, chain, pinned ?? null);
  return new CmpClient({ url: options.url, trustedRootsPem: options.trustedRootsPem }, protection, chain, options.clock);
}

function certificatesOf(pem: string): readonly Uint8Array[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('no certificate');
    return blocks.map((block) => new Uint8Array(new X509Certificate(block).raw));
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: 'ca', note: 'certificates of the authority' }, error);
  }
}

function answerOf({ body }: CmpMessage): CmpCertificateResponse {
  const answer = body.kind === 'cp' ? decodeCertificateResponse(body.content) : null;
  if (answer === null) throw nonsense(`answer ${body.kind} to a certificate request`);
  return answer;
}

function issued({ status, certificate, requestId }: CmpCertificateResponse): { readonly requestId: Uint8Array; readonly certificate: Uint8Array } {
  if (!granted.has(status.status)) throw refused(status);
  if (certificate === null) throw nonsense('no certificate in the answer');
  return { requestId, certificate };
}

/** Hashes that belong to a signature algorithm; RSA and ECDSA with SHA-256 are the rule. */
const hashOfSignature: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.3': 'sha384', '1.2.840.113549.1.1.12': 'sha384', '1.2.840.10045.4.3.4': 'sha512', '1.2.840.113549.1.1.13': 'sha512',
};

/** The hash of a certificate's own signature algorithm, by which it is confirmed (RFC 4210, 5.3.18). */
function signatureHash(certificate: Uint8Array): string {
  return hashOfSignature[AsnConvert.parse(certificate, Certificate).signatureAlgorithm.algorithm] ?? 'sha256';
}

function keyOf(certificate: Uint8Array): Buffer {
  try {
    return new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  } catch (error) {
    throw new StationFault('CA-PROTOCOL', { field: 'cmp', note: 'a certificate with an unusable key' }, error);
  }
}

function requestedKey(request: Uint8Array): Buffer {
  return Buffer.from(AsnConvert.serialize(AsnConvert.parse(request, CertificationRequest).certificationRequestInfo.subjectPKInfo));
}

function refused(status: CmpStatus | null): StationFault {
  const name = status === null ? 'without a reason' : (statusNames[status.status] ?? `status ${status.status}`);
  return new StationFault('CA-REFUSED', { note: `${name} ${status?.text ?? ''}`.trim(), data: { failBits: (status?.failBits ?? []).join(' ') } });
}

function nonsense(note: string): StationFault {
  return new StationFault('CA-PROTOCOL', { field: 'cmp', note });
}

function same(one: Uint8Array | null, other: Uint8Array): boolean {
  return one !== null && Buffer.from(one).equals(other);
}
