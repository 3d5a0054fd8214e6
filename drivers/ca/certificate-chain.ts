import { X509Certificate } from 'node:crypto';
import { StationFault } from '../contracts/fault.ts';

/**
 * Orders an authority's certificates: issuing authority first, its issuer next, the self-signed root last. Signatures
 * are checked on the way. Certificates beside the way (such as old ones of a key change) are left out.
 * Throws `CA-PROTOCOL` when no complete way to a root is there.
 */
export function orderChain(ders: readonly Uint8Array[]): readonly Uint8Array[] {
  const certificates = ders.map((der) => new X509Certificate(der));
  const ways = certificates.map((first) => wayToRoot(first, certificates)).filter((way) => isSelfSigned(way.at(-1)));
  const [longest] = ways.sort((one, other) => other.length - one.length);
  if (longest === undefined) throw new StationFault('CA-PROTOCOL', { field: 'est', note: 'no way to a root among the certificates' });
  return longest.map((certificate) => new Uint8Array(certificate.raw));
}

function wayToRoot(first: X509Certificate, among: readonly X509Certificate[]): X509Certificate[] {
  const way = [first];
  for (let last: X509Certificate | undefined = first; last !== undefined && !isSelfSigned(last);) {
    const child: X509Certificate = last;
    last = among.find((candidate) => !way.includes(candidate) && child.checkIssued(candidate) && child.verify(candidate.publicKey));
    if (last !== undefined) way.push(last);
  }
  return way;
}

function isSelfSigned(certificate: X509Certificate | undefined): boolean {
  return certificate !== undefined && certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}
