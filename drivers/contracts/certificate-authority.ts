import type { Wait } from './clock.ts';
import { StationFault, type FaultCode } from './fault.ts';

export interface IssuedCertificate {
  /** The card's certificate, DER. */
  readonly certificate: Uint8Array;
}

/** A certificate that shall not live on: by its number, or by its key where nobody saw the certificate. */
export interface RevocableCertificate {
  /** Hex; null when the authority's answer never came. */
  readonly serial: string | null;
  /** Subject key identifier, hex: SHA-1 over the key's bits (RFC 5280, 4.2.1.2, method 1). */
  readonly subjectKeyId: string;
}

/**
 * A certificate authority that signs requests made by a card. Throws `ENC-CA-UNAVAILABLE` when it cannot be reached
 * or keeps us waiting past the limit, `CA-REFUSED` when it says no, `CA-PROTOCOL` for an answer that cannot be understood,
 * `CA-UNTRUSTED` when it cannot show that it is the authority.
 */
export interface CertificateAuthority extends AsyncDisposable {
  /** The authority's own certificates, DER, issuing authority first, root last. */
  chain(limit: Wait): Promise<readonly Uint8Array[]>;
  /** Asks for a certificate for a PKCS#10 request (DER). */
  enroll(request: Uint8Array, limit: Wait): Promise<IssuedCertificate>;
  /** Revokes a certificate of this authority; repeatable. Throws `CA-REFUSED` for one that it does not know. Absent where the protocol has no such request. */
  revoke?(certificate: RevocableCertificate, limit: Wait): Promise<void>;
}

/** An authority whose certificates are known between two questions for them, so that what needs no new certificate does not need the authority. */
export interface KnownAuthority extends CertificateAuthority {
  /** The chain that was told last, where it still verifies and is valid; asked for as by `chain` where there is none. */
  knownChain(limit: Wait): Promise<readonly Uint8Array[]>;
}

const authorityFaults: ReadonlySet<FaultCode> = new Set(['ENC-CA-UNAVAILABLE', 'CA-REFUSED', 'CA-PROTOCOL', 'CA-UNTRUSTED']);

/** Whether an error is one of the authority's own, which hits only the step that needs it. */
export function isAuthorityFault(error: unknown): error is StationFault {
  return error instanceof StationFault && authorityFaults.has(error.code);
}
