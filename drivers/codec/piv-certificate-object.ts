import { gunzipSync } from 'node:zlib';
import { childValue, encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';

const uncompressed = 0x00;
const gzip = 0x01;
const maximumInflatedBytes = 16 * 1024;

/** The contents of a certificate container: 70 certificate (DER), 71 uncompressed, FE (SP 800-73-5 part 1, table 10). */
export function encodeCertificateObject(certificate: Uint8Array): Uint8Array {
  return joinBytes(encodeTlv(0x70, certificate), encodeTlv(0x71, Uint8Array.of(uncompressed)), encodeTlv(0xfe, new Uint8Array()));
}

/** The certificate (DER) in a container's contents, inflated when it is compressed (to 16 kB at most); null when there is none. */
export function decodeCertificateObject(contents: Uint8Array): Uint8Array | null {
  const fields = parseTlvs(contents);
  const certificate = fields === null ? null : childValue(fields, 0x70);
  if (fields === null || certificate === null || certificate.length === 0) return null;
  const info = childValue(fields, 0x71)?.[0] ?? uncompressed;
  if (info === uncompressed) return certificate;
  return (info & 0x03) === gzip ? inflate(certificate) : null;
}

function inflate(compressed: Uint8Array): Uint8Array | null {
  try {
    return new Uint8Array(gunzipSync(compressed, { maxOutputLength: maximumInflatedBytes }));
  } catch {
    // Not a gzip stream, or one that grows past any certificate: the container holds no certificate that we can read.
    return null;
  }
}
