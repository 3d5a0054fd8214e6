/**
 * Who signs the objects on a card that carry no other proof: CHUID, facial image, security object (FIPS 201-3, 4.2.1).
 * The private key stays where it is kept. Throws `KEY-TOKEN` for the token's own error.
 */
export interface ContentSigner {
  /** The content signing certificate, DER: P-256, extended key usage id-PIV-content-signing. */
  readonly certificate: Uint8Array;
  /** ECDSA with SHA-256 over a message; DER Ecdsa-Sig-Value. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
