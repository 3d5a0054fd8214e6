import pkcs11js from 'pkcs11js';
import { DisposalStack } from '../contracts/disposal.ts';
import { StationFault } from '../contracts/fault.ts';
import type { KeyReference } from '../contracts/keys.ts';
import type { Secret } from '../contracts/secret.ts';
import { inToken, isReturnValue, openPkcs11Module } from './pkcs11-module.ts';

const CMAC_BYTES = 16;
const GCM_TAG_BITS = 128;
const LABEL_BYTES = 32;

/** A slot's token label as PKCS#11 pads it: 32 bytes, blanks at the end. */
export function paddedLabel(label: string): string {
  return label.padEnd(LABEL_BYTES);
}

/** A key's version as the token keeps it, in CKA_ID: two bytes, big endian. */
export function versionId(version: number): Buffer {
  return Buffer.from([version >> 8, version & 0xff]);
}

/** One logged-in session with one token. Synchronous, as PKCS#11 is; keys are found by label and version. */
export class TokenSession implements AsyncDisposable {
  readonly api: pkcs11js.PKCS11;
  readonly handle: pkcs11js.Handle;
  readonly #resources: DisposalStack;
  readonly #found = new Map<string, pkcs11js.Handle>();

  constructor(api: pkcs11js.PKCS11, handle: pkcs11js.Handle, resources: DisposalStack) {
    this.api = api;
    this.handle = handle;
    this.#resources = resources;
  }

  /** Whether the token holds this key. */
  has(key: KeyReference): boolean {
    return this.#search(key) !== null;
  }

  /** Handle of a secret key. Throws `KEY-UNAVAILABLE` when the token does not hold it, `KEY-TOKEN` when it holds it twice. */
  find(key: KeyReference): pkcs11js.Handle {
    const handle = this.#search(key);
    if (handle === null) {
      throw new StationFault('KEY-UNAVAILABLE', { note: `the token holds no key ${key.label} version ${key.version}`, data: { label: key.label, version: key.version } });
    }
    return handle;
  }

  /** Forgets the handle of a key that is gone from the token. */
  forget(key: KeyReference): void {
    this.#found.delete(`${key.label}#${key.version}`);
  }

  /** Key check value: first three bytes of E(K, 0), hex. The token computes it when the key is made (CKA_CHECK_VALUE, PKCS#11 2.40 4.10.2). */
  checkValue(key: KeyReference): string {
    const handle = this.find(key);
    const [attribute] = inToken('read the check value', () => this.api.C_GetAttributeValue(this.handle, handle, [{ type: pkcs11js.CKA_CHECK_VALUE }]));
    if (attribute === undefined || attribute.value.length !== 3) throw new StationFault('KEY-TOKEN', { note: `the token keeps no check value of ${key.label}` });
    return attribute.value.toString('hex').toUpperCase();
  }

  /** AES-CMAC (SP 800-38B) of a message under a key of the token, 16 bytes. */
  cmac(key: KeyReference, message: Uint8Array): Uint8Array {
    const handle = this.find(key);
    return inToken('compute a CMAC', () => {
      this.api.C_SignInit(this.handle, { mechanism: pkcs11js.CKM_AES_CMAC }, handle);
      const mac = Buffer.alloc(CMAC_BYTES);
      this.api.C_Sign(this.handle, Buffer.from(message), mac);
      return taken(mac);
    });
  }

  /** AES-GCM with a 12-byte IV; gives ciphertext and 16-byte tag. */
  encrypt(key: KeyReference, iv: Uint8Array, header: Uint8Array, plain: Uint8Array): Uint8Array {
    const handle = this.find(key);
    const copy = Buffer.from(plain);
    try {
      return inToken('seal', () => {
        this.api.C_EncryptInit(this.handle, gcm(iv, header), handle);
        return Uint8Array.from(this.api.C_Encrypt(this.handle, copy, Buffer.alloc(plain.length + GCM_TAG_BITS / 8)));
      });
    } finally {
      copy.fill(0);
    }
  }

  /** Undoes `encrypt`; the caller wipes the result. Throws `KEY-TOKEN` when anything was changed. */
  decrypt(key: KeyReference, iv: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array {
    const handle = this.find(key);
    return inToken('unseal', () => {
      this.api.C_DecryptInit(this.handle, gcm(iv, header), handle);
      return this.api.C_Decrypt(this.handle, Buffer.from(sealed), Buffer.alloc(sealed.length));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }

  #search(key: KeyReference): pkcs11js.Handle | null {
    const name = `${key.label}#${key.version}`;
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const template = [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
      { type: pkcs11js.CKA_LABEL, value: key.label },
      { type: pkcs11js.CKA_ID, value: versionId(key.version) },
    ];
    const handles = findObjects(this.api, this.handle, template);
    if (handles.length > 1) throw new StationFault('KEY-TOKEN', { note: `the token holds ${name} more than once` });
    const [handle] = handles;
    if (handle === undefined) return null;
    this.#found.set(name, handle);
    return handle;
  }
}

/** A copy of what the token gave, whose buffer is wiped: most MACs here become keys. */
function taken(given: Buffer): Uint8Array {
  const copy = Uint8Array.from(given);
  given.fill(0);
  return copy;
}

/** All objects that fit a template. */
export function findObjects(api: pkcs11js.PKCS11, session: pkcs11js.Handle, template: pkcs11js.Template): readonly pkcs11js.Handle[] {
  return inToken('search the token', () => {
    api.C_FindObjectsInit(session, template);
    try {
      const handles: pkcs11js.Handle[] = [];
      for (let handle = api.C_FindObjects(session); handle !== null; handle = api.C_FindObjects(session)) handles.push(handle);
      return handles;
    } finally {
      api.C_FindObjectsFinal(session);
    }
  });
}

function gcm(iv: Uint8Array, header: Uint8Array): pkcs11js.Mechanism {
  const parameter = { type: pkcs11js.CK_PARAMS_AES_GCM_v240, iv: Buffer.from(iv), ivBits: iv.length * 8, aad: Buffer.from(header), tagBits: GCM_TAG_BITS };
  return { mechanism: pkcs11js.CKM_AES_GCM, parameter };
}

/** The slot whose token carries this label, null when none does. */
export function findToken(api: pkcs11js.PKCS11, label: string): pkcs11js.Handle | null {
  const fits = (slot: pkcs11js.Handle): boolean => api.C_GetTokenInfo(slot).label.trimEnd() === label;
  return inToken('list the tokens', () => api.C_GetSlotList(true).find(fits)) ?? null;
}

/**
 * Opens a session and logs in as user. Throws `KEY-UNAVAILABLE` when no token carries the label, `KEY-TOKEN` when the
 * module cannot be loaded or the PIN is refused.
 */
export async function openTokenSession(modulePath: string, tokenLabel: string, pin: Secret): Promise<TokenSession> {
  await using opening = new DisposalStack();
  const { api } = opening.use(openPkcs11Module(modulePath));
  const slot = findToken(api, tokenLabel);
  if (slot === null) throw new StationFault('KEY-UNAVAILABLE', { note: `no token is called ${tokenLabel}` });
  const handle = inToken('open a session', () => api.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION));
  opening.defer(() => inToken('close the session', () => api.C_CloseSession(handle)));
  inToken('log in', () => logIn(api, handle, pin));
  return new TokenSession(api, handle, opening.move());
}

/** A login belongs to the whole process: a second session of the same token finds it done (PKCS#11 2.40, 5.6). */
function logIn(api: pkcs11js.PKCS11, handle: pkcs11js.Handle, pin: Secret): void {
  try {
    pin.use((bytes) => api.C_Login(handle, pkcs11js.CKU_USER, Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    if (!isReturnValue(error, pkcs11js.CKR_USER_ALREADY_LOGGED_IN)) throw error;
  }
}
