import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import pkcs11js from 'pkcs11js';
import { makeFolder, replaceFile } from '../contracts/durable-file.ts';
import { StationFault } from '../contracts/fault.ts';
import type { KeyReference } from '../contracts/keys.ts';
import { Secret } from '../contracts/secret.ts';
import type { AllowedKey } from './key-policy.ts';
import { generateMasterKey, importMasterKey, listMasterKeys, type MasterKey } from './master-keys.ts';
import { inToken, openPkcs11Module } from './pkcs11-module.ts';
import { syncTokenFiles } from './token-files.ts';
import { findToken, openTokenSession, paddedLabel } from './token-session.ts';

/** Where distributions put SoftHSM's module. */
const MODULE_PATHS = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

const TOKEN_LABEL = 'kortverk-simulated';
const CONFIGURATION_FILE = 'softhsm2.conf';
const USER_PIN_FILE = 'user.pin';
const PIN_BYTES = 16;

/** A token of the simulated station, ready for `openKeyCustody`. The caller wipes the PIN. */
export interface SimulatedToken {
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pin: Secret;
  /** True when this call made the token: the check values are worth showing. */
  readonly created: boolean;
  readonly masterKeys: readonly MasterKey[];
}

/** What a simulated token is made with. */
export interface SimulatedTokenOptions {
  readonly dir: string;
  readonly keys: readonly AllowedKey[];
  /** Keys that somebody else has as well, such as a maker's; the caller wipes them. The others are made in the token. */
  readonly known?: readonly { readonly key: KeyReference; readonly value: Secret }[];
}

/** Path of SoftHSM's PKCS#11 module. Throws `CFG-MISSING-PROGRAM` when it is not installed. */
export function softHsmModule(): string {
  const path = MODULE_PATHS.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new StationFault('CFG-MISSING-PROGRAM', { field: 'softhsm2' });
  return path;
}

/**
 * Makes or reopens the SoftHSM token of a simulated station in a folder of its own, with all keys asked for; what an
 * interrupted run left is completed. Sets `SOFTHSM2_CONF` for this process (SoftHSM has no other way to be told), and keeps
 * the PINs in the folder, readable by its owner only: good for simulation, not for a site. Throws `CFG-MISSING-PROGRAM`, `KEY-TOKEN`.
 */
export async function createSimulatedToken(options: SimulatedTokenOptions): Promise<SimulatedToken> {
  const modulePath = softHsmModule();
  const tokens = resolve(options.dir, 'tokens');
  makeFolder(tokens);
  const configuration = resolve(options.dir, CONFIGURATION_FILE);
  replaceFile(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env['SOFTHSM2_CONF'] = configuration;
  using officerPin = await readOrMakePin(join(options.dir, 'officer.pin'));
  const pin = await readOrMakePin(join(options.dir, USER_PIN_FILE));
  const created = initialiseToken(modulePath, TOKEN_LABEL, officerPin, pin);
  await using session = await openTokenSession(modulePath, TOKEN_LABEL, pin);
  for (const { key, value } of options.known ?? []) if (!session.has(key)) importMasterKey(session, key, 'derive', value);
  for (const { label, use, versions } of options.keys) {
    for (const version of versions) if (!session.has({ label, version })) generateMasterKey(session, { label, version }, use);
  }
  syncTokenFiles();
  return { modulePath, tokenLabel: TOKEN_LABEL, pin, created, masterKeys: listMasterKeys(session) };
}

/**
 * Finds the token that `createSimulatedToken` made in a folder, and sets `SOFTHSM2_CONF` for this process. The caller wipes
 * the PIN. Throws `KEY-UNAVAILABLE` when there is none, `CFG-MISSING-PROGRAM`.
 */
export async function findSimulatedToken(dir: string): Promise<{ readonly modulePath: string; readonly tokenLabel: string; readonly pin: Secret }> {
  const pinFile = join(dir, USER_PIN_FILE);
  if (!existsSync(pinFile)) throw new StationFault('KEY-UNAVAILABLE', { note: `there is no token in ${dir}` });
  process.env['SOFTHSM2_CONF'] = resolve(dir, CONFIGURATION_FILE);
  return { modulePath: softHsmModule(), tokenLabel: TOKEN_LABEL, pin: Secret.take(await readFile(pinFile)) };
}

/**
 * Initialises a token with this label in the first slot that has an uninitialised one, and sets the user's PIN. Leaves a
 * finished token alone, completes one without a user PIN. Gives whether it did something. Throws `KEY-TOKEN`.
 */
export function initialiseToken(modulePath: string, label: string, officerPin: Secret, pin: Secret): boolean {
  using module = openPkcs11Module(modulePath);
  const { api } = module;
  const slot = findToken(api, label) ?? initialisedSlot(api, label, officerPin);
  const { flags } = inToken('ask the token', () => api.C_GetTokenInfo(slot));
  if (flags & pkcs11js.CKF_USER_PIN_INITIALIZED) return false;
  inToken('set the user PIN', () => {
    const session = api.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
    try {
      api.C_Login(session, pkcs11js.CKU_SO, text(officerPin));
      api.C_InitPIN(session, text(pin));
      api.C_Logout(session);
    } finally {
      api.C_CloseSession(session);
    }
  });
  return true;
}

function initialisedSlot(api: pkcs11js.PKCS11, label: string, officerPin: Secret): pkcs11js.Handle {
  const isFree = (slot: pkcs11js.Handle): boolean => (api.C_GetTokenInfo(slot).flags & pkcs11js.CKF_TOKEN_INITIALIZED) === 0;
  const free = inToken('look for a free slot', () => api.C_GetSlotList(true).find(isFree));
  if (free === undefined) throw new StationFault('KEY-TOKEN', { note: 'every token is initialised' });
  inToken('initialise the token', () => api.C_InitToken(free, text(officerPin), paddedLabel(label)));
  const slot = findToken(api, label);
  if (slot === null) throw new StationFault('KEY-TOKEN', { note: `the token ${label} is not there after it was initialised` });
  return slot;
}

function text(pin: Secret): string {
  return pin.use((bytes) => Buffer.from(bytes).toString('utf8'));
}

/** A PIN is whole on disk before it is in the token, so that an interrupted run never makes a token that nobody can open. */
async function readOrMakePin(path: string): Promise<Secret> {
  if (!existsSync(path)) replaceFile(path, randomBytes(PIN_BYTES).toString('hex'));
  return Secret.take(await readFile(path));
}
