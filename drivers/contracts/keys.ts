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

/** Which static keys open a GlobalPlatform secure channel: the maker's master key, diversified for each card by KDF3, or one pair of keys for the whole batch. */
export type ChannelKeys =
  | { readonly kind: 'diversified'; readonly master: KeyReference }
  | { readonly kind: 'batch'; readonly enc: KeyReference; readonly mac: KeyReference };

/** What a session of SCP03 is derived from, beside the static keys. */
export interface ChannelInput {
  /** Ten bytes that the card tells of itself. */
  readonly diversification: Uint8Array;
  /** Eight bytes each. */
  readonly hostChallenge: Uint8Array;
  readonly cardChallenge: Uint8Array;
  readonly lengthBytes: 16 | 24 | 32;
}

/** The keys of one session; the holder disposes of them. */
export interface ChannelSessionKeys extends Disposable {
  readonly sEnc: Secret;
  readonly sMac: Secret;
  readonly sRmac: Secret;
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
  /**
   * Session keys of a secure channel (GlobalPlatform Amendment D, 6.2.1). A batch's keys stay in the token; a diversified
   * card's own two keys are in memory while the session's are made of them, and are wiped.
   */
  channelSession(keys: ChannelKeys, input: ChannelInput): Promise<ChannelSessionKeys>;
  /** Encrypts to the station's own sealing key in the token (authenticated). */
  seal(plain: Secret): Promise<Uint8Array>;
  /** Opens what `seal` made. Throws `KEY-TOKEN` when it was changed. */
  unseal(sealed: Uint8Array): Promise<Secret>;
}
