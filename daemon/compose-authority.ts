import { readFile } from 'node:fs/promises';
import { openCmpAuthority, type CmpOptions } from '../drivers/ca/cmp-client.ts';
import { openEstAuthority } from '../drivers/ca/est-client.ts';
import type { CertificateAuthority } from '../drivers/contracts/certificate-authority.ts';
import type { Clock } from '../drivers/contracts/clock.ts';
import { Secret } from '../drivers/contracts/secret.ts';
import type { AuthorityConfig } from './config/authority-config.ts';

/** Prepares the client of the configured authority; no connection is made. Throws `CFG-INVALID`, or what reading a file throws. */
export async function openAuthority(config: AuthorityConfig, clock: Clock): Promise<CertificateAuthority> {
  const { url } = config;
  if (config.protocol === 'cmp') {
    const { rootFile, chainFile, responderFile } = config;
    return openCmpAuthority({
      url,
      trustedRootsPem: await textOf(rootFile),
      chainPem: await textOf(chainFile),
      responderPem: await textOf(responderFile),
      credential: await credentialOf(config),
      clock,
    });
  }
  return openEstAuthority({
    url,
    trustedRootsPem: await readFile(config.rootFile, 'utf8'),
    client: { certificatePem: await readFile(config.clientCertificateFile, 'utf8'), key: await secretFile(config.clientKeyFile) },
    clock,
  });
}

async function credentialOf({ credential }: Extract<AuthorityConfig, { protocol: 'cmp' }>): Promise<CmpOptions['credential']> {
  if (credential.kind === 'secret') return { kind: 'secret', reference: credential.reference, secret: await secretFile(credential.secretFile) };
  return { kind: 'certificate', certificatePem: await readFile(credential.certificateFile, 'utf8'), key: await secretFile(credential.keyFile) };
}

async function textOf(file: string | undefined): Promise<string | null> {
  return file === undefined ? null : readFile(file, 'utf8');
}

/** A secret from a file of its own, without the blanks and line ends at its end. */
export async function secretFile(path: string): Promise<Secret> {
  const bytes = await readFile(path);
  const trimmed = bytes.subarray(0, bytes.findLastIndex((byte) => byte > 0x20) + 1);
  const secret = Secret.take(Uint8Array.from(trimmed));
  bytes.fill(0);
  return secret;
}
