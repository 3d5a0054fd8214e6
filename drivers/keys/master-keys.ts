import pkcs11js from 'pkcs11js';
import { StationFault } from '../contracts/fault.ts';
import type { KeyReference } from '../contracts/keys.ts';
import type { Secret } from '../contracts/secret.ts';
import type { KeyUse } from './key-policy.ts';
import { inToken } from './pkcs11-module.ts';
import { findObjects, versionId, type TokenSession } from './token-session.ts';

const MASTER_KEY_BYTES = 32;
const MAX_VERSION = 0xffff;

/** A master key as the token lists it. */
export interface MasterKey extends KeyReference {
  readonly use: KeyUse;
  readonly checkValue: string;
}

/**
 * Makes an AES-256 master key inside the token: sensitive, not extractable, good for its one use (CMAC, or sealing)
 * and nothing else. Throws `KEY-TOKEN` when the token already holds this label and version.
 */
export function generateMasterKey(session: TokenSession, key: KeyReference, use: KeyUse): void {
  refuseTaken(session, key);
  const template = [...masterKeyTemplate(key, use), { type: pkcs11js.CKA_VALUE_LEN, value: MASTER_KEY_BYTES }];
  inToken('make a key', () => session.api.C_GenerateKey(session.handle, { mechanism: pkcs11js.CKM_AES_KEY_GEN }, template));
}

/** Brings an AES key (16, 24 or 32 bytes) into the token with the same protection: the end of a ceremony, when its components have been put together. */
export function importMasterKey(session: TokenSession, key: KeyReference, use: KeyUse, value: Secret): void {
  refuseTaken(session, key);
  value.use((bytes) => {
    const copy = Buffer.from(bytes);
    const template = [...masterKeyTemplate(key, use), { type: pkcs11js.CKA_VALUE, value: copy }];
    try {
      inToken('take in a key', () => session.api.C_CreateObject(session.handle, template));
    } finally {
      copy.fill(0);
    }
  });
}

/** Every master key of the token, by label and version. */
export function listMasterKeys(session: TokenSession): readonly MasterKey[] {
  const handles = findObjects(session.api, session.handle, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY }]);
  const keys = handles.map((handle): MasterKey => {
    const wanted = [{ type: pkcs11js.CKA_LABEL }, { type: pkcs11js.CKA_ID }, { type: pkcs11js.CKA_SIGN }];
    const [label, id, sign] = inToken('read a key', () => session.api.C_GetAttributeValue(session.handle, handle, wanted));
    const key = { label: label?.value.toString('utf8') ?? '', version: id?.value.length === 2 ? id.value.readUInt16BE() : 0 };
    return { ...key, use: sign?.value[0] === 1 ? 'derive' : 'seal', checkValue: session.checkValue(key) };
  });
  return keys.sort((a, b) => a.label.localeCompare(b.label) || a.version - b.version);
}

/** Makes the next version of a key, for the same use. The older versions stay until they are destroyed. Throws `KEY-UNAVAILABLE` for an unknown label. */
export function rollMasterKey(session: TokenSession, label: string): MasterKey {
  const newest = listMasterKeys(session).findLast((key) => key.label === label);
  if (newest === undefined) throw new StationFault('KEY-UNAVAILABLE', { note: `the token holds no key ${label}` });
  const next = { label, version: newest.version + 1 };
  generateMasterKey(session, next, newest.use);
  return { ...next, use: newest.use, checkValue: session.checkValue(next) };
}

/**
 * Destroys one version of a key for ever: cards made with it can no longer be changed, what it sealed no longer opened.
 * The check value must be given, so that nobody destroys another key than the one on the paper. Throws `KEY-UNAVAILABLE`, `KEY-TOKEN`.
 */
export function destroyMasterKey(session: TokenSession, key: KeyReference, checkValue: string): void {
  const handle = session.find(key);
  if (session.checkValue(key) !== checkValue.toUpperCase()) throw new StationFault('KEY-TOKEN', { note: `the check value of ${key.label} version ${key.version} is not ${checkValue}` });
  inToken('destroy a key', () => session.api.C_DestroyObject(session.handle, handle));
  session.forget(key);
}

function refuseTaken(session: TokenSession, key: KeyReference): void {
  if (!Number.isInteger(key.version) || key.version < 1 || key.version > MAX_VERSION) throw new StationFault('KEY-TOKEN', { note: `no version ${key.version}` });
  if (session.has(key)) throw new StationFault('KEY-TOKEN', { note: `the token already holds ${key.label} version ${key.version}` });
}

function masterKeyTemplate(key: KeyReference, use: KeyUse): pkcs11js.Template {
  const derives = use === 'derive';
  return [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
    { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_AES },
    { type: pkcs11js.CKA_LABEL, value: key.label },
    { type: pkcs11js.CKA_ID, value: versionId(key.version) },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: true },
    { type: pkcs11js.CKA_SENSITIVE, value: true },
    { type: pkcs11js.CKA_EXTRACTABLE, value: false },
    { type: pkcs11js.CKA_MODIFIABLE, value: false },
    { type: pkcs11js.CKA_SIGN, value: derives },
    { type: pkcs11js.CKA_VERIFY, value: false },
    { type: pkcs11js.CKA_ENCRYPT, value: !derives },
    { type: pkcs11js.CKA_DECRYPT, value: !derives },
    { type: pkcs11js.CKA_WRAP, value: false },
    { type: pkcs11js.CKA_UNWRAP, value: false },
    { type: pkcs11js.CKA_DERIVE, value: false },
  ];
}
