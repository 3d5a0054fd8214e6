import type { Secret } from './secret.ts';

/** A key in the store, by name and version. The key itself never leaves the token. */
export interface KeyReference {
  readonly label: string;
  readonly version: number;
}

/** What a MIFARE sector key is derived from; every part enters the derivation (cards.md 1.7). */
export interface SectorKeyInput {
  readonly uid: Uint8Array;
  /** Application identifier as written `5189`. */
  readonly aid: string;
  readonly sector: number;
  readonly slot: 'A' | 'B';
}

/**
 * Master keys held in a PKCS#11 token, never extractable. Derivations run inside the token. Throws `KEY-UNAVAILABLE`
 * when a key is not there, `KEY-EXPIRED` when its version may not be used, `KEY-TOKEN` for a token's own error.
 */
export interface KeyCustody extends AsyncDisposable {
  /** Key check value: the first three bytes of E(K, 0), hex. */
  checkValue(key: KeyReference): Promise<string>;
  /** A diversified 6-byte Crypto1 key. The caller disposes of it. */
  sectorKey(key: KeyReference, input: SectorKeyInput): Promise<Secret>;
  /** A diversified PIV management key of the length asked for (16, 24 or 32 bytes), bound to the card's GUID (16 bytes). */
  managementKey(key: KeyReference, guid: Uint8Array, lengthBytes: 16 | 24 | 32): Promise<Secret>;
  /** Encrypts to the station's own sealing key in the token (authenticated). */
  seal(plain: Secret): Promise<Uint8Array>;
  /** Opens what `seal` made. Throws `KEY-TOKEN` when it was changed. */
  unseal(sealed: Uint8Array): Promise<Secret>;
}
