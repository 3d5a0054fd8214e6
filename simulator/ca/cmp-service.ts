import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { confirmedAnswer, decodeConfirmation, decodeRevocationRequest, errorAnswer, issuedAnswer, revocationAnswer } from '../../drivers/codec/cmp-answers.ts';
import { subjectOf } from '../../drivers/codec/cmp-bodies.ts';
import { passwordMac, passwordMacAlgorithm } from '../../drivers/codec/cmp-mac.ts';
import { decodeCmpMessage, encodeCmpMessage, encodeProtectedPart, type CmpBody, type CmpMessage } from '../../drivers/codec/cmp-message.ts';
import { readEnrolmentRequest } from './enrolment-request.ts';
import type { IssuingAuthority } from './issuing-authority.ts';

/** What the CMP service needs of its authority. */
export interface CmpServiceParts {
  readonly authority: IssuingAuthority;
  /** The issuing authority's certificate, DER. */
  readonly issuer: Uint8Array;
  /** Shared with the one client, which names itself by the reference. */
  readonly reference: string;
  readonly secret: string;
  /** Whether a serial number (hex, lower case) was issued here. */
  readonly isIssued: (serial: string) => boolean;
  /** Enters a revocation in the account, once. */
  readonly revoke: (serial: string) => Promise<void>;
}

/** The lightweight profile of CMP over the issuing authority: p10cr, certConf and rr under a shared secret (RFC 4210, RFC 9483), without HTTP. */
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
    if (!this.#isOfClient(message)) return this.#protect(message, errorAnswer('the message is not protected by the shared secret'));
    const isRefused = refusal !== null && message.body.kind === 'p10cr';
    return this.#protect(message, isRefused ? errorAnswer(refusal) : await this.#bodyFor(message));
  }

  async #bodyFor(message: CmpMessage): Promise<CmpBody> {
    const transaction = Buffer.from(message.header.transactionId).toString('hex');
    switch (message.body.kind) {
      case 'p10cr': return this.#issue(transaction, message.body.content);
      case 'certConf': return this.#confirm(transaction, message.body.content);
      case 'rr': return this.#revoke(message.body.content);
      case 'cp': case 'rp': case 'pkiconf': case 'error': case 'pollReq': case 'pollRep': return errorAnswer(`no service for ${message.body.kind}`);
    }
  }

  async #issue(transaction: string, request: Uint8Array): Promise<CmpBody> {
    const read = await readEnrolmentRequest(Buffer.from(request));
    if (read.kind === 'refused') return errorAnswer(read.reason);
    const certificate = await this.#parts.authority.issue(read.request);
    const der = new Uint8Array(certificate.rawData);
    this.#unconfirmed.set(transaction, { hash: createHash('sha256').update(der).digest(), serial: certificate.serialNumber.toLowerCase() });
    return issuedAnswer(der);
  }

  /** A certificate that its client does not want is revoked (RFC 4210, 5.3.18). */
  async #confirm(transaction: string, content: Uint8Array): Promise<CmpBody> {
    const waiting = this.#unconfirmed.get(transaction);
    const confirmation = decodeConfirmation(content);
    if (waiting === undefined || confirmation === null || !Buffer.from(confirmation.hash).equals(waiting.hash)) return errorAnswer('no certificate waits for this confirmation');
    this.#unconfirmed.delete(transaction);
    if (!confirmation.isAccepted) await this.#parts.revoke(waiting.serial);
    return confirmedAnswer();
  }

  async #revoke(content: Uint8Array): Promise<CmpBody> {
    const serial = decodeRevocationRequest(content);
    const hex = Buffer.from(serial ?? []).toString('hex');
    const known = [hex, hex.replace(/^00/, '')].find((each) => this.#parts.isIssued(each));
    if (known === undefined) return revocationAnswer('no such certificate');
    await this.#parts.revoke(known);
    return revocationAnswer(null);
  }

  #isOfClient({ header, protection, protectedPart }: CmpMessage): boolean {
    if (header.protectionAlgorithm === null || protection === null || Buffer.from(header.senderKeyId ?? []).toString('utf8') !== this.#parts.reference) return false;
    const wanted = passwordMac(header.protectionAlgorithm, protectedPart, Buffer.from(this.#parts.secret));
    return wanted !== null && wanted.length === protection.length && timingSafeEqual(wanted, protection);
  }

  #protect({ header }: CmpMessage, body: CmpBody): Uint8Array {
    const algorithm = passwordMacAlgorithm(randomBytes(16));
    const part = encodeProtectedPart({
      sender: subjectOf(this.#parts.issuer), recipient: header.sender, time: null, protectionAlgorithm: algorithm, senderKeyId: header.senderKeyId,
      transactionId: header.transactionId, senderNonce: randomBytes(16), recipientNonce: header.senderNonce,
    }, body);
    return encodeCmpMessage(part, passwordMac(algorithm, part, Buffer.from(this.#parts.secret)), []);
  }
}
