import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import { parseCertificate } from '../../../../drivers/codec/x509-certificate.ts';

const read = (name: string): X509Certificate => new X509Certificate(readFileSync(join(packageRoot(), 'test', 'vectors', 'est', name)));
const serialOf = (der: Uint8Array): string => Buffer.from(parseCertificate(der).tbsCertificate.serialNumber).toString('hex').toUpperCase();

describe('parseCertificate', () => {
  it.each(['root.pem', 'issuing.pem', 'old-root.pem'])('reads the serial number of %s as OpenSSL does', (name) => {
    const certificate = read(name);
    expect(serialOf(new Uint8Array(certificate.raw)).replace(/^0+/, '')).toBe(certificate.serialNumber.replace(/^0+/, ''));
  });

  it('parses the same array once, and other bytes anew', () => {
    const [root, issuing] = [new Uint8Array(read('root.pem').raw), new Uint8Array(read('issuing.pem').raw)];
    expect(parseCertificate(root)).toBe(parseCertificate(root));
    expect(parseCertificate(Uint8Array.from(root))).not.toBe(parseCertificate(root));
    expect(serialOf(issuing)).not.toBe(serialOf(root));
  });

  it('refuses what is none, and refuses it again', () => {
    const bytes = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
    expect(() => parseCertificate(bytes)).toThrow();
    expect(() => parseCertificate(bytes)).toThrow();
  });
});
