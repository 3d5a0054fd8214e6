import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAuthorityFault, type KnownAuthority } from '../drivers/contracts/certificate-authority.ts';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import type { ContentSigner } from '../drivers/contracts/content-signer.ts';
import { createFile, makeFolder } from '../drivers/contracts/durable-file.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { Secret } from '../drivers/contracts/secret.ts';
import { openSigningKey, type SigningKey } from '../drivers/keys/signing-key.ts';
import { contentSignerRequest, isSignerOf } from '../drivers/piv/signer-request.ts';
import { profileName, type CardProfile } from '../queue/profile/card-profile.ts';
import type { StationConfig } from './config/station-config.ts';

/** What opening the signer needs beside the configuration. The caller wipes the PIN. */
export interface SignerParts {
  readonly ca: KnownAuthority;
  readonly tokenPin: Secret;
  readonly clock: Clock;
  readonly limit: Wait;
}

/** A signer whose key is closed again when it is disposed of. */
export type OpenedSigner = ContentSigner & AsyncDisposable;

/** Throws `CFG-INVALID` when an approved card profile wants a portrait in the chip, and nobody is there to sign it: better now than with a card in the machine. */
export function requireSigner(profiles: readonly CardProfile[], signer: ContentSigner | null): void {
  const wanting = profiles.find(({ release, piv }) => release.approved && piv.facialImage);
  if (wanting !== undefined && signer === null) throw new StationFault('CFG-INVALID', { field: 'contentSigner', note: `${profileName(wanting)} puts the portrait into the chip` });
}

/** The station's content signer, or null when its configuration has none. Throws as `openSigner`. */
export async function openContentSigner(config: StationConfig, parts: SignerParts): Promise<OpenedSigner | null> {
  if (config.contentSigner === undefined) return null;
  const { module, tokenLabel } = config.keys;
  return openSigner({ ...config.contentSigner, module, tokenLabel, name: config.station.id }, parts);
}

/** Where a signer's key and certificate are, and who it is. */
export interface SignerPlace extends NonNullable<StationConfig['contentSigner']> {
  readonly module: string;
  readonly tokenLabel: string;
  readonly name: string;
}

/**
 * Opens a content signer: its key in the token, its certificate in a file. At the first start, when there is no file,
 * the key is made and the authority asked for its certificate. A certificate that stands needs no authority: where the
 * chain is not known and the authority is away, it is held against the chain before the first signature. Throws
 * `KEY-UNAVAILABLE`, `KEY-TOKEN`, at the first start the authority's faults, and `CFG-INVALID` for a certificate that is
 * not this key's, not a content signer's, not of the authority, or not valid now.
 */
export async function openSigner(settings: SignerPlace, parts: SignerParts): Promise<OpenedSigner> {
  const { key: reference, certificateFile, module, tokenLabel } = settings;
  const found = await readCertificate(certificateFile);
  const key = await openSigningKey({ modulePath: module, tokenLabel, pin: parts.tokenPin }, reference, found === null);
  try {
    const certificate = found ?? (await enrol(settings, key, parts));
    let isVouched = found === null ? await vouch(certificate, key, parts) : await vouchIfAnswered(certificate, key, parts);
    if (found === null) keep(certificateFile, certificate);
    return {
      certificate,
      async sign(message) {
        isVouched ||= await vouch(certificate, key, parts);
        return key.sign(message);
      },
      [Symbol.asyncDispose]: () => key[Symbol.asyncDispose](),
    };
  } catch (error) {
    await key[Symbol.asyncDispose]();
    throw error;
  }
}

/** False where the authority is needed to tell and does not. */
async function vouchIfAnswered(certificate: Uint8Array, key: SigningKey, parts: SignerParts): Promise<boolean> {
  try {
    return await vouch(certificate, key, parts);
  } catch (error) {
    if (isAuthorityFault(error)) return false;
    throw error;
  }
}

/** The authority may have changed its key since its chain was kept: only what it tells now refuses a certificate. */
async function vouch(certificate: Uint8Array, key: SigningKey, { ca, clock, limit }: SignerParts): Promise<true> {
  const isOf = (chain: readonly Uint8Array[]): boolean => isSignerOf(certificate, key.spki, chain, clock.now());
  if (isOf(await ca.knownChain(limit)) || isOf(await ca.chain(limit))) return true;
  throw new StationFault('CFG-INVALID', { field: 'contentSigner.certificateFile', note: 'the certificate is not for the key, the use, the authority or the day' });
}

async function enrol({ organisation, name }: SignerPlace, key: SigningKey, { ca, limit }: SignerParts): Promise<Uint8Array> {
  const subject = [
    { attribute: 'C', value: 'SE' },
    { attribute: 'O', value: organisation },
    { attribute: 'CN', value: `Content signer ${name}` },
  ] as const;
  return (await ca.enroll(await contentSignerRequest(subject, key.spki, (message) => key.sign(message)), limit)).certificate;
}

/** Durable before the first card is signed: cards must not carry signatures of a certificate that nobody kept. */
function keep(file: string, certificate: Uint8Array): void {
  makeFolder(dirname(file));
  createFile(file, new X509Certificate(certificate).toString());
}

async function readCertificate(file: string): Promise<Uint8Array | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return new Uint8Array(new X509Certificate(text).raw);
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: 'contentSigner.certificateFile', note: 'no certificate' }, error);
  }
}
