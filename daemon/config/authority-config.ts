import { z } from 'zod';

const path = z.string().min(1);

/** EST (RFC 7030): TLS with a pinned root, the station's certificate on top. */
const est = z.strictObject({
  protocol: z.literal('est'),
  url: z.url({ protocol: /^https$/ }),
  rootFile: path,
  clientCertificateFile: path,
  clientKeyFile: path,
});

/** CMP (RFC 4210, RFC 9483): messages protect themselves, so that http will do; https takes a pinned root. It also revokes. */
const cmp = z.strictObject({
  protocol: z.literal('cmp'),
  url: z.url({ protocol: /^https?$/ }),
  /** Root of the TLS server (PEM), for https. */
  rootFile: path.optional(),
  /** Certificates of the authority that are trusted (PEM): the whole chain, or the root, under which the authority tells the rest. */
  chainFile: path.optional(),
  /** The certificate (PEM) that signs the answers, where it is neither the authority's own nor marked as its responder. */
  responderFile: path.optional(),
  credential: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('secret'), reference: z.string().min(1).max(128), secretFile: path }),
    z.strictObject({ kind: z.literal('certificate'), certificateFile: path, keyFile: path }),
  ]),
}).refine(({ credential, chainFile, responderFile }) => credential.kind === 'secret' || chainFile !== undefined || responderFile !== undefined, {
  path: ['chainFile'], error: 'signed answers are believed by chainFile or responderFile',
});

/** The certificate authority: how it is spoken to, and who the station is to it. */
export const certificateAuthority = z.discriminatedUnion('protocol', [est, cmp]);

export type AuthorityConfig = z.infer<typeof certificateAuthority>;

/** The same with every path made absolute. */
export function absoluteAuthority(ca: AuthorityConfig, at: (path: string) => string): AuthorityConfig {
  if (ca.protocol === 'est') return { ...ca, rootFile: at(ca.rootFile), clientCertificateFile: at(ca.clientCertificateFile), clientKeyFile: at(ca.clientKeyFile) };
  const { credential, rootFile, responderFile } = ca;
  return {
    ...ca,
    ...(ca.chainFile === undefined ? {} : { chainFile: at(ca.chainFile) }),
    ...(rootFile === undefined ? {} : { rootFile: at(rootFile) }),
    ...(responderFile === undefined ? {} : { responderFile: at(responderFile) }),
    credential: credential.kind === 'secret' ? { ...credential, secretFile: at(credential.secretFile) } : { ...credential, certificateFile: at(credential.certificateFile), keyFile: at(credential.keyFile) },
  };
}

/** Every file that the setting names, by the setting's own name. */
export function authorityFiles(ca: AuthorityConfig): Readonly<Record<string, string | undefined>> {
  const named = (files: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> =>
    Object.fromEntries(Object.entries(files).map(([name, file]) => [`certificateAuthority.${name}`, file]));
  if (ca.protocol === 'est') return named({ rootFile: ca.rootFile, clientCertificateFile: ca.clientCertificateFile, clientKeyFile: ca.clientKeyFile });
  const { rootFile, chainFile, responderFile, credential } = ca;
  const own = credential.kind === 'secret' ? { 'credential.secretFile': credential.secretFile } : { 'credential.certificateFile': credential.certificateFile, 'credential.keyFile': credential.keyFile };
  return named({ rootFile, chainFile, responderFile, ...own });
}
