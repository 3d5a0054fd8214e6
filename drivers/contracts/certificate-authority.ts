import type { Wait } from './clock.ts';

export interface IssuedCertificate {
  /** The card's certificate, DER. */
  readonly certificate: Uint8Array;
}

/**
 * A certificate authority that signs requests made by a card. Throws `ENC-CA-UNAVAILABLE` when it cannot be reached
 * or keeps us waiting past the limit, `CA-REFUSED` when it says no.
 */
export interface CertificateAuthority extends AsyncDisposable {
  /** The authority's own certificates, DER, issuing authority first, root last. */
  chain(limit: Wait): Promise<readonly Uint8Array[]>;
  /** Asks for a certificate for a PKCS#10 request (DER). */
  enroll(request: Uint8Array, limit: Wait): Promise<IssuedCertificate>;
  /** Revokes a certificate of this authority by its serial number (hex); repeatable. Absent where the protocol has no such request. */
  revoke?(serial: string, limit: Wait): Promise<void>;
}
