import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  certificateRequestBody, confirmationBody, decodeCertificateResponse, decodeErrorMessage, decodePollResponse, decodeRevocationResponse, pollBody, revocationBody, subjectOf,
  type CmpCertificateResponse, type CmpRevocable, type CmpStatus,
} from '../codec/cmp-bodies.ts';
import { caCertificatesRequestBody, decodeCaCertificates, decodeCaPublications } from '../codec/cmp-ca-certificates.ts';
import { decodeCmpMessage, encodeCmpMessage, encodeProtectedPart, type CmpBody, type CmpMessage } from '../codec/cmp-message.ts';
import { parseCertificate } from '../codec/x509-certificate.ts';
import type { CertificateAuthority, IssuedCertificate, RevocableCertificate } from '../contracts/certificate-authority.ts';
import { within, type Clock, type Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import { orderChain, readableCertificates } from './certificate-chain.ts';
import { checkCmpEndpoint, postCmp, type CmpEndpoint } from './cmp-link.ts';
import { openCmpProtection, type CmpCredential, type CmpProtection } from './cmp-protection.ts';

export interface CmpOptions extends CmpEndpoint {
  readonly credential: CmpCredential;
  /**
   * Certificates of the authority that are trusted, PEM one after the other: the whole chain, or a part of it (the root),
   * under which the authority tells the rest. Null where its messages are believed without: by the shared secret, or the
   * pinned responder.
   */
  readonly chainPem: string | null;
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
/** The empty name (DER), for an authority whose name is not known yet. */
const nullName = Uint8Array.of(0x30, 0x00);
const statusNames = ['accepted', 'granted with changes', 'rejected', 'waiting', 'revocation is near', 'revoked', 'key update is near'];

/** One transaction: its identifier and the nonce that the server sent last. */
interface Transaction {
  readonly id: Uint8Array;
  peerNonce: Uint8Array | null;
}

/** A client of the Certificate Management Protocol in its lightweight profile (RFC 4210, RFC 9483): p10cr, certConf, pollReq, genm and rr over HTTP. */
class CmpClient implements CertificateAuthority {
  readonly #endpoint: CmpEndpoint;
  readonly #protection: CmpProtection;
  readonly #clock: Clock;
  /** Of the configuration; empty where nothing is configured. */
  readonly #trusted: readonly Uint8Array[];
  /** What came beside issued certificates, for servers that answer no question for their own. */
  #published: readonly Uint8Array[] = [];
  /** Name (DER) of the issuing authority, as far as it is known. */
  #recipient: Uint8Array;

  constructor(endpoint: CmpEndpoint, protection: CmpProtection, trusted: readonly Uint8Array[], clock: Clock) {
    this.#endpoint = endpoint;
    this.#protection = protection;
    this.#trusted = trusted;
    this.#clock = clock;
    this.#recipient = trusted[0] === undefined ? nullName : subjectOf(trusted[0]);
  }

  async chain(limit: Wait): Promise<readonly Uint8Array[]> {
    return this.#limited(limit, (signal) => this.#chain(signal));
  }

  /** A whole chain of the configuration is the chain; else the authority is asked each time, because it may change its key. */
  async #chain(signal: AbortSignal): Promise<readonly Uint8Array[]> {
    const chain = wholeChain(this.#trusted) ?? (await this.#toldChain(signal));
    this.#recipient = subjectOf(chain[0] ?? new Uint8Array());
    return chain;
  }

  async #toldChain(signal: AbortSignal): Promise<readonly Uint8Array[]> {
    const told = await this.#tellCertificates(signal);
    const chain = orderChain([...this.#trusted, ...authoritiesAmong([...told, ...this.#published])], this.#trusted);
    const isTold = told.length === 0 || told.some((der) => same(der, chain[0] ?? new Uint8Array()));
    if (!isTold) throw nonsense('what the authority tells of itself does not lead to a trusted certificate');
    return chain;
  }

  /** None where the authority does not answer such questions: then what is configured must do. */
  async #tellCertificates(signal: AbortSignal): Promise<readonly Uint8Array[]> {
    try {
      const reply = await this.#exchange({ id: randomBytes(16), peerNonce: null }, caCertificatesRequestBody(), signal);
      const told = reply.body.kind === 'genp' ? decodeCaCertificates(reply.body.content) : null;
      if (told === null) throw nonsense(`answer ${reply.body.kind} to a question for the authority's certificates`);
      return told;
    } catch (error) {
      if (error instanceof StationFault && error.code === 'CA-REFUSED') return [];
      throw error;
    }
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

  async revoke(certificate: RevocableCertificate, limit: Wait): Promise<void> {
    await this.#limited(limit, async (signal) => {
      const [issuing] = await this.#chain(signal);
      const body = revocationBody(subjectOf(issuing ?? new Uint8Array()), revocable(certificate));
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
        if (answer.status.status !== waiting) {
          this.#published = [...decodeCaPublications(reply.body.content), ...reply.extraCertificates];
          return issued(answer);
        }
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
      sender: protection.sender, recipient: this.#recipient, time: this.#clock.now(), protectionAlgorithm: algorithm,
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
 * `CFG-INVALID` for an address, certificate or key that cannot be used, and where nothing is said to believe answers by.
 */
export function openCmpAuthority(options: CmpOptions): CertificateAuthority & Required<Pick<CertificateAuthority, 'revoke'>> {
  checkCmpEndpoint(options);
  const trusted = options.chainPem === null ? [] : certificatesOf(options.chainPem);
  const [pinned] = options.responderPem === null ? [] : certificatesOf(options.responderPem);
  if (options.credential.kind === 'certificate' && trusted.length === 0 && pinned === undefined) throw new StationFault('CFG-INVALID', { field: 'ca', note: 'nothing says whose signed answers are believed' });
  const protection = openCmpProtection(options.credential, trusted, pinned ?? null);
  return new CmpClient({ url: options.url, trustedRootsPem: options.trustedRootsPem }, protection, trusted, options.clock);
}

/** The chain that certificates (DER) make by themselves; null when no way of theirs leads to a root, and for a root alone, which may have others under it. */
function wholeChain(certificates: readonly Uint8Array[]): readonly Uint8Array[] | null {
  if (certificates.length < 2) return null;
  try {
    return orderChain(certificates);
  } catch (error) {
    if (error instanceof StationFault && error.code === 'CA-PROTOCOL') return null;
    throw error;
  }
}

function authoritiesAmong(certificates: readonly Uint8Array[]): readonly Uint8Array[] {
  return readableCertificates(certificates).filter(({ ca }) => ca).map(({ raw }) => new Uint8Array(raw));
}

function revocable({ serial, subjectKeyId }: RevocableCertificate): CmpRevocable {
  if (serial === null) return { subjectKeyId: Buffer.from(subjectKeyId, 'hex') };
  return { serial: Buffer.from(serial.padStart(serial.length + (serial.length % 2), '0'), 'hex') };
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
  return hashOfSignature[parseCertificate(certificate).signatureAlgorithm.algorithm] ?? 'sha256';
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
