import { X509Certificate } from 'node:crypto';
import { StationFault } from '../contracts/fault.ts';

/**
 * Orders an authority's certificates: issuing authority first, its issuer next, the self-signed root last. Signatures
 * are checked on the way. Certificates beside the way (such as old ones of a key change) are left out. With `anchors`
 * (DER) the way leads over one of them. Throws `CA-PROTOCOL` when no complete way to a root is there.
 */
export function orderChain(ders: readonly Uint8Array[], anchors: readonly Uint8Array[] = []): readonly Uint8Array[] {
  const certificates = ders.map((der) => new X509Certificate(der));
  const ways = certificates.map((first) => wayToRoot(first, certificates)).filter((way) => isSelfSigned(way.at(-1)) && leadsOver(way, anchors));
  const [longest] = ways.sort((one, other) => other.length - one.length);
  if (longest === undefined) throw new StationFault('CA-PROTOCOL', { note: 'no way to a trusted root among the certificates' });
  return longest.map((certificate) => new Uint8Array(certificate.raw));
}

function leadsOver(way: readonly X509Certificate[], anchors: readonly Uint8Array[]): boolean {
  return anchors.length === 0 || way.some(({ raw }) => anchors.some((anchor) => raw.equals(anchor)));
}

function wayToRoot(first: X509Certificate, among: readonly X509Certificate[]): X509Certificate[] {
  const way = [first];
  for (let last: X509Certificate | undefined = first; last !== undefined && !isSelfSigned(last);) {
    const child: X509Certificate = last;
    last = among.find((candidate) => !way.includes(candidate) && isIssuedBy(child, candidate));
    if (last !== undefined) way.push(last);
  }
  return way;
}

function isSelfSigned(certificate: X509Certificate | undefined): boolean {
  return certificate !== undefined && isIssuedBy(certificate, certificate);
}

/** Whether one certificate is another's by name and signature. */
export function isIssuedBy(child: X509Certificate, issuer: X509Certificate): boolean {
  return child.checkIssued(issuer) && child.verify(issuer.publicKey);
}

/** The certificates among bytes (DER); what is none is left out. */
export function readableCertificates(ders: readonly Uint8Array[]): readonly X509Certificate[] {
  return ders.flatMap((der) => {
    try {
      return [new X509Certificate(der)];
    } catch {
      // What is no certificate vouches for nothing.
      return [];
    }
  });
}

/** The trusted authorities (DER), and those among further certificates that one of them has made, directly or by another. */
export function authoritiesUnder(trusted: readonly Uint8Array[], further: readonly Uint8Array[]): readonly X509Certificate[] {
  const found = [...readableCertificates(trusted)];
  const candidates = readableCertificates(further).filter(({ ca }) => ca);
  for (let before = -1; before !== found.length;) {
    before = found.length;
    found.push(...candidates.filter((one) => !found.some(({ raw }) => raw.equals(one.raw)) && found.some((issuer) => isIssuedBy(one, issuer))));
  }
  return found;
}
