import type { X509Certificate } from 'node:crypto';
import type { CertificateAuthority, KnownAuthority } from '../contracts/certificate-authority.ts';
import type { Clock, Wait } from '../contracts/clock.ts';
import { isIssuedBy, readableCertificates } from './certificate-chain.ts';

/** Where an authority's chain lies between two runs of a station: certificates (DER), issuing authority first, root last. */
export interface ChainShelf {
  /** Null where nothing lies, and where what lies there is damaged or was told under another trust anchor. */
  read(): Promise<readonly Uint8Array[] | null>;
  /** Durable when it returns. */
  write(chain: readonly Uint8Array[]): Promise<void>;
}

/** Clocks of authority and station may differ by this much. */
const skewMs = 5 * 60 * 1000;

/**
 * An authority whose chain is kept: `chain` asks it, and keeps what it told; `knownChain` gives what is kept, as long as
 * its signatures hold and every certificate is valid. `shelf` is null where nothing shall outlive the process. Takes over
 * the authority, which is disposed of with the result.
 */
export function keepChain(ca: CertificateAuthority, shelf: ChainShelf | null, clock: Clock): KnownAuthority {
  let known: readonly Uint8Array[] | null = null;
  const chain = async (limit: Wait): Promise<readonly Uint8Array[]> => {
    const told = await ca.chain(limit);
    if (known === null || !isSameChain(told, known)) await shelf?.write(told);
    known = told;
    return told;
  };
  return {
    chain,
    async knownChain(limit) {
      known ??= (await shelf?.read()) ?? null;
      return known !== null && isSoundChain(known, clock.now()) ? known : chain(limit);
    },
    enroll: (request, limit) => ca.enroll(request, limit),
    ...(ca.revoke === undefined ? {} : { revoke: ca.revoke.bind(ca) }),
    [Symbol.asyncDispose]: () => ca[Symbol.asyncDispose](),
  };
}

/** Whether certificates (DER) are one whole way from an issuing authority to its root, all of them valid at `now` (milliseconds since 1970). */
export function isSoundChain(chain: readonly Uint8Array[], now: number): boolean {
  const line = readableCertificates(chain);
  const isWhole = line.length === chain.length && line.length > 0;
  return isWhole && line.every((certificate, index) => certificate.ca && isValidAt(certificate, now) && isIssuedBy(certificate, line[index + 1] ?? certificate));
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now + skewMs && Date.parse(validTo) > now;
}

function isSameChain(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return one.length === other.length && one.every((der, index) => Buffer.from(der).equals(other[index] ?? new Uint8Array()));
}
