import { createHash, randomBytes } from 'node:crypto';
import { confirmedAnswer, decodeConfirmation, decodeRevocationRequest, errorAnswer, issuedAnswer, revocationAnswer } from '../../drivers/codec/cmp-answers.ts';
import { asksForCaCertificates, caCertificatesAnswer } from '../../drivers/codec/cmp-ca-certificates.ts';
import type { CmpRevocable } from '../../drivers/codec/cmp-bodies.ts';
import { decodeCmpMessage, encodeCmpMessage, encodeProtectedPart, type CmpBody, type CmpMessage } from '../../drivers/codec/cmp-message.ts';
import type { CmpServerProtection } from './cmp-server-protection.ts';
import { readEnrolmentRequest } from './enrolment-request.ts';
import type { IssuingAuthority } from './issuing-authority.ts';
import type { RevocationWish } from './revoked-log.ts';

/** What the CMP service needs of its authority. */
export interface CmpServiceParts {
  readonly authority: IssuingAuthority;
  /** The authority's certificates, DER, issuing one first. */
  readonly chain: readonly Uint8Array[];
  readonly protection: CmpServerProtection;
  /** Enters revocations in the account, each once; gives the serial numbers meant. */
  readonly revoke: (wish: RevocationWish) => Promise<readonly string[]>;
  /** Told of each certificate that waits for its confirmation: whoever keeps the time calls `expire`. */
  readonly onUnconfirmed: (transaction: string) => void;
}

/** The lightweight profile of CMP over the issuing authority: p10cr, certConf, genm and rr (RFC 4210, RFC 9483), without HTTP. */
export class CmpService {
  readonly #parts: CmpServiceParts;
  /** Certificates that wait for their confirmation: transaction (hex) to certificate and serial number. */
  readonly #unconfirmed = new Map<string, { readonly hash: Uint8Array; readonly serial: string }>();

  constructor(parts: CmpServiceParts) {
    this.#parts = parts;
  }

  /** Answers one message; null for bytes that are no message. `refusal`: requests for certificates are refused with this text. */
  async answer(bytes: Uint8Array, refusal: string | null = null): Promise<Uint8Array | null> {
    const message = decodeCmpMessage(bytes);
    if (message === null) return null;
    if (!this.#parts.protection.isOfClient(message)) return this.#protect(message, errorAnswer('the message is not protected by a client of this authority'));
    const isRefused = refusal !== null && message.body.kind === 'p10cr';
    return this.#protect(message, isRefused ? errorAnswer(refusal) : await this.#bodyFor(message));
  }

  /** Revokes a certificate whose confirmation did not come in time (RFC 4210, 5.3.18): its client may be dead, and the certificate nobody's. */
  async expire(transaction: string): Promise<void> {
    const waiting = this.#unconfirmed.get(transaction);
    if (waiting === undefined) return;
    this.#unconfirmed.delete(transaction);
    await this.#parts.revoke({ serial: waiting.serial });
  }

  async #bodyFor(message: CmpMessage): Promise<CmpBody> {
    const transaction = Buffer.from(message.header.transactionId).toString('hex');
    switch (message.body.kind) {
      case 'p10cr': return this.#issue(transaction, message.body.content);
      case 'certConf': return this.#confirm(transaction, message.body.content);
      case 'rr': return this.#revoke(message.body.content);
      case 'genm': return asksForCaCertificates(message.body.content) ? caCertificatesAnswer(this.#parts.chain) : errorAnswer('no such information');
      case 'cp': case 'rp': case 'pkiconf': case 'error': case 'pollReq': case 'pollRep': case 'genp': return errorAnswer(`no service for ${message.body.kind}`);
    }
  }

  async #issue(transaction: string, request: Uint8Array): Promise<CmpBody> {
    const read = await readEnrolmentRequest(Buffer.from(request));
    if (read.kind === 'refused') return errorAnswer(read.reason);
    const certificate = await this.#parts.authority.issue(read.request);
    const der = new Uint8Array(certificate.rawData);
    this.#unconfirmed.set(transaction, { hash: createHash('sha256').update(der).digest(), serial: certificate.serialNumber.toLowerCase() });
    this.#parts.onUnconfirmed(transaction);
    return issuedAnswer(der, this.#parts.chain);
  }

  /** A certificate that its client does not want is revoked (RFC 4210, 5.3.18). */
  async #confirm(transaction: string, content: Uint8Array): Promise<CmpBody> {
    const waiting = this.#unconfirmed.get(transaction);
    const confirmation = decodeConfirmation(content);
    if (waiting === undefined || confirmation === null || !Buffer.from(confirmation.hash).equals(waiting.hash)) return errorAnswer('no certificate waits for this confirmation');
    this.#unconfirmed.delete(transaction);
    if (!confirmation.isAccepted) await this.#parts.revoke({ serial: waiting.serial });
    return confirmedAnswer();
  }

  async #revoke(content: Uint8Array): Promise<CmpBody> {
    const named = decodeRevocationRequest(content);
    const revoked = named === null ? [] : await this.#parts.revoke(wishOf(named));
    return revocationAnswer(revoked.length === 0 ? 'no such certificate' : null);
  }

  #protect(message: CmpMessage, body: CmpBody): Uint8Array {
    const { protection } = this.#parts;
    const { header } = message;
    const { algorithm, keyId } = protection.headerFor(message);
    const part = encodeProtectedPart({
      sender: protection.sender, recipient: header.sender, time: null, protectionAlgorithm: algorithm, senderKeyId: keyId,
      transactionId: header.transactionId, senderNonce: randomBytes(16), recipientNonce: header.senderNonce,
    }, body);
    return encodeCmpMessage(part, protection.protect(algorithm, part), protection.extraCertificates);
  }
}

function wishOf(named: CmpRevocable): RevocationWish {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return 'serial' in named ? { serial: hex(named.serial) } : { subjectKeyId: hex(named.subjectKeyId) };
}
