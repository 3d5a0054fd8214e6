import { createHash, createPublicKey } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { StationFault } from '../contracts/fault.ts';
import type { KeyReference } from '../contracts/keys.ts';
import type { TokenPlace } from './key-administration.ts';
import { inToken } from './pkcs11-module.ts';
import { syncTokenFiles } from './token-files.ts';
import { findObjects, openTokenSession, versionId, type TokenSession } from './token-session.ts';

/** namedCurve secp256r1, DER (RFC 5480, 2.1.1.1). */
const P256_PARAMETERS = Buffer.from('06082a8648ce3d030107', 'hex');
/** SubjectPublicKeyInfo of a P-256 key up to its point (RFC 5480, 2). */
const P256_SPKI_HEAD = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const POINT_BYTES = 65;
const SIGNATURE_BYTES = 64;

/** An EC key pair (P-256) of the token: the private half never leaves it. */
export interface SigningKey extends AsyncDisposable {
  /** The public half, SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
  /** ECDSA with SHA-256 over a message; DER Ecdsa-Sig-Value (RFC 3279, 2.2.3). Throws `KEY-TOKEN`. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * Opens a signing key of a token by label and version. `mayCreate`: makes the pair inside the token when it is not
 * there, sensitive, not extractable, good for signing only. The caller keeps and wipes the PIN. Throws
 * `KEY-UNAVAILABLE` when token or key is not there, `KEY-TOKEN`.
 */
export async function openSigningKey({ modulePath, tokenLabel, pin }: TokenPlace, key: KeyReference, mayCreate: boolean): Promise<SigningKey> {
  const session = await openTokenSession(modulePath, tokenLabel, pin);
  try {
    if (mayCreate && search(session, pkcs11js.CKO_PRIVATE_KEY, key) === null) generateSigningKey(session, key);
    const handle = demand(session, pkcs11js.CKO_PRIVATE_KEY, key);
    const spki = publicKey(session, demand(session, pkcs11js.CKO_PUBLIC_KEY, key));
    return { spki, sign: async (message) => sign(session, handle, message), [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

function generateSigningKey(session: TokenSession, key: KeyReference): void {
  const common = [
    { type: pkcs11js.CKA_LABEL, value: key.label },
    { type: pkcs11js.CKA_ID, value: versionId(key.version) },
    { type: pkcs11js.CKA_TOKEN, value: true },
  ];
  const shared = [...common, { type: pkcs11js.CKA_EC_PARAMS, value: P256_PARAMETERS }, { type: pkcs11js.CKA_VERIFY, value: true }];
  const kept = [
    ...common,
    { type: pkcs11js.CKA_PRIVATE, value: true },
    { type: pkcs11js.CKA_SENSITIVE, value: true },
    { type: pkcs11js.CKA_EXTRACTABLE, value: false },
    { type: pkcs11js.CKA_SIGN, value: true },
    { type: pkcs11js.CKA_DECRYPT, value: false },
    { type: pkcs11js.CKA_DERIVE, value: false },
  ];
  inToken('make a signing key', () => session.api.C_GenerateKeyPair(session.handle, { mechanism: pkcs11js.CKM_EC_KEY_PAIR_GEN }, shared, kept));
  syncTokenFiles();
}

function search(session: TokenSession, keyClass: number, { label, version }: KeyReference): pkcs11js.Handle | null {
  const handles = findObjects(session.api, session.handle, [
    { type: pkcs11js.CKA_CLASS, value: keyClass },
    { type: pkcs11js.CKA_LABEL, value: label },
    { type: pkcs11js.CKA_ID, value: versionId(version) },
  ]);
  if (handles.length > 1) throw new StationFault('KEY-TOKEN', { note: `the token holds ${label}#${version} more than once` });
  return handles[0] ?? null;
}

function demand(session: TokenSession, keyClass: number, key: KeyReference): pkcs11js.Handle {
  const handle = search(session, keyClass, key);
  if (handle === null) throw new StationFault('KEY-UNAVAILABLE', { note: `the token holds no signing key ${key.label} version ${key.version}`, data: { label: key.label, version: key.version } });
  return handle;
}

/** CKA_EC_POINT is the point inside an OCTET STRING (PKCS#11 2.40, 2.3.3). */
function publicKey(session: TokenSession, handle: pkcs11js.Handle): Uint8Array {
  const [attribute] = inToken('read a public key', () => session.api.C_GetAttributeValue(session.handle, handle, [{ type: pkcs11js.CKA_EC_POINT }]));
  const point = attribute?.value.subarray(-POINT_BYTES) ?? Buffer.alloc(0);
  const spki = Buffer.concat([P256_SPKI_HEAD, point]);
  try {
    return new Uint8Array(createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ format: 'der', type: 'spki' }));
  } catch (error) {
    throw new StationFault('KEY-TOKEN', { note: 'the signing key is not of the curve P-256' }, error);
  }
}

function sign(session: TokenSession, handle: pkcs11js.Handle, message: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(message).digest();
  const raw = inToken('sign', () => {
    session.api.C_SignInit(session.handle, { mechanism: pkcs11js.CKM_ECDSA }, handle);
    return session.api.C_Sign(session.handle, hash, Buffer.alloc(SIGNATURE_BYTES));
  });
  if (raw.length !== SIGNATURE_BYTES) throw new StationFault('KEY-TOKEN', { note: `a signature of ${raw.length} bytes` });
  return derSignature(raw.subarray(0, SIGNATURE_BYTES / 2), raw.subarray(SIGNATURE_BYTES / 2));
}

/** Ecdsa-Sig-Value of two numbers of at most 32 bytes: every length fits in one byte. */
function derSignature(r: Uint8Array, s: Uint8Array): Uint8Array {
  const body = [...derInteger(r), ...derInteger(s)];
  return Uint8Array.from([0x30, body.length, ...body]);
}

function derInteger(value: Uint8Array): readonly number[] {
  const start = value.findIndex((byte) => byte !== 0);
  const digits = [...value.subarray(start < 0 ? value.length - 1 : start)];
  const signed = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits;
  return [0x02, signed.length, ...signed];
}
