import pkcs11js from 'pkcs11js';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import { inToken, isReturnValue, openPkcs11Module } from './pkcs11-module.ts';
import { syncTokenFiles } from './token-files.ts';
import { findToken } from './token-session.ts';

/** A token by module and label. */
export interface TokenName {
  readonly modulePath: string;
  readonly tokenLabel: string;
}

/** The two roles of a token (PKCS#11 2.40, 2.4): the officer sets PINs and vouches for every change of keys, the user works with keys. */
export type TokenRole = 'officer' | 'user';

const USER_TYPE = { officer: pkcs11js.CKU_SO, user: pkcs11js.CKU_USER } as const;
/** What a token says to a PIN that is not the role's. */
const REFUSED_PIN = [pkcs11js.CKR_PIN_INCORRECT, pkcs11js.CKR_PIN_LOCKED, pkcs11js.CKR_PIN_INVALID, pkcs11js.CKR_PIN_LEN_RANGE];

/**
 * Proves that the security officer is there, and is not the user under another name: a token may give both roles the
 * same PIN, and then the roles are not kept apart. Throws `KEY-ROLE`, `KEY-UNAVAILABLE`, `KEY-TOKEN`.
 */
export function proveOfficer(token: TokenName, officerPin: Secret, userPin: Secret): void {
  if (officerPin.equals(userPin)) throw new StationFault('KEY-ROLE', { note: 'officer and user have the same PIN' });
  asRole(token, 'officer', officerPin, () => undefined);
}

/** Gives the user a new PIN; the old one need not be known. The officer's act alone. Throws `KEY-ROLE`, `KEY-UNAVAILABLE`, `KEY-TOKEN`. */
export function resetUserPin(token: TokenName, officerPin: Secret, newPin: Secret): void {
  if (officerPin.equals(newPin)) throw new StationFault('KEY-ROLE', { note: 'officer and user would have the same PIN' });
  asRole(token, 'officer', officerPin, (api, session) => api.C_InitPIN(session, text(newPin)));
  syncTokenFiles();
}

/** Changes a role's own PIN. Throws `KEY-ROLE` when the old one is not the role's, `KEY-UNAVAILABLE`, `KEY-TOKEN`. */
export function changePin(token: TokenName, role: TokenRole, oldPin: Secret, newPin: Secret): void {
  asRole(token, role, oldPin, (api, session) => api.C_SetPIN(session, text(oldPin), text(newPin)));
  syncTokenFiles();
}

function asRole(token: TokenName, role: TokenRole, pin: Secret, act: (api: pkcs11js.PKCS11, session: pkcs11js.Handle) => void): void {
  using module = openPkcs11Module(token.modulePath);
  const { api } = module;
  const slot = findToken(api, token.tokenLabel);
  if (slot === null) throw new StationFault('KEY-UNAVAILABLE', { note: `no token is called ${token.tokenLabel}` });
  const session = inToken('open a session', () => api.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION));
  try {
    logIn(api, session, role, pin);
    inToken(`act as ${role}`, () => act(api, session));
    inToken('log out', () => api.C_Logout(session));
  } finally {
    inToken('close the session', () => api.C_CloseSession(session));
  }
}

function logIn(api: pkcs11js.PKCS11, session: pkcs11js.Handle, role: TokenRole, pin: Secret): void {
  try {
    api.C_Login(session, USER_TYPE[role], text(pin));
  } catch (error) {
    if (REFUSED_PIN.some((code) => isReturnValue(error, code))) throw new StationFault('KEY-ROLE', { note: `the PIN is not the ${role}'s` });
    inToken(`log in as ${role}`, () => { throw error; });
  }
}

function text(pin: Secret): string {
  return pin.use((bytes) => Buffer.from(bytes).toString('utf8'));
}
