import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { describe, expect, it } from 'vitest';
import { parseResponse } from '../../../../drivers/codec/apdu.ts';
import type { PivKeyAlgorithm } from '../../../../drivers/codec/piv-algorithms.ts';
import { authenticationField, authenticationTag, objectOf } from '../../../../drivers/codec/piv-apdu.ts';
import { decodeCertificateObject } from '../../../../drivers/codec/piv-certificate-object.ts';
import { decodePublicKeyTemplate, encodePublicKeyTemplate, publicKeyFromSpki, publicKeyOf, publicKeyToSpki } from '../../../../drivers/codec/piv-key.ts';
import { signatureInput } from '../../../../drivers/codec/piv-signature.ts';
import { bytes, chainedData, folded, hex, sectionOf, type TranscriptName } from '../../../support/piv/transcript.ts';

const made = (['pivapplet-0.9.0', 'canokey-core'] as const).flatMap((name) => [
  [name, '9A', 'P-256', '5FC105'], [name, '9C', 'RSA-2048', '5FC10A'],
] as const);
const nothing = new Uint8Array();

/** The 7F49 answer of a card that made a key. */
function generated(name: TranscriptName, slot: string, algorithm: PivKeyAlgorithm): Uint8Array {
  const answer = folded(sectionOf(name, `generate ${slot} ${algorithm}`)).find(({ command }) => command[1] === 0x47)?.answer;
  return parseResponse(answer ?? nothing).data;
}

/** The certificate that was signed by that key and then imported. */
function selfSigned(name: TranscriptName, slot: string, id: string): Uint8Array {
  const object = objectOf(id, chainedData(sectionOf(name, `import certificate ${slot}`), 0xdb).subarray(5));
  return decodeCertificateObject(object ?? nothing) ?? nothing;
}

/** The bytes of a certificate that its signature covers. */
function signedPart(certificate: Uint8Array): Uint8Array {
  return new Uint8Array(AsnConvert.serialize(AsnConvert.parse(certificate, Certificate).tbsCertificate));
}

describe.each(made)('a key that %s made in %s: %s', (name, slot, algorithm, id) => {
  it('verifies the certificate that it signed', () => {
    const key = decodePublicKeyTemplate(generated(name, slot, algorithm), algorithm);
    const spki = key === null ? null : publicKeyToSpki(key);
    const publicKey = createPublicKey({ key: Buffer.from(spki ?? nothing), format: 'der', type: 'spki' });
    expect(new X509Certificate(selfSigned(name, slot, id)).verify(publicKey)).toBe(true);
  });

  it('is written back as the card gave it', () => {
    const key = decodePublicKeyTemplate(generated(name, slot, algorithm), algorithm);
    if (key === null) throw new Error('the key cannot be read');
    expect(publicKeyFromSpki(publicKeyToSpki(key) ?? nothing)).toEqual(key);
    if (key.kind === 'ec') expect(hex(encodePublicKeyTemplate(key))).toBe(hex(generated(name, slot, algorithm)));
  });

  it('was asked to sign what we would ask it to sign', () => {
    const sent = chainedData(sectionOf(name, `self-sign ${slot}`), 0x87);
    const input = authenticationField(sent, authenticationTag.challenge);
    expect(hex(signatureInput(signedPart(selfSigned(name, slot, id)), algorithm))).toBe(hex(input ?? nothing));
  });
});

describe('decodePublicKeyTemplate', () => {
  const point = hex(publicKeyPoint());

  it.each<[string, string, PivKeyAlgorithm]>([
    ['a point of another curve', `7F49438641${point}`, 'P-384'],
    ['a compressed point', `7F4923862102${point.slice(2, 66)}`, 'P-256'],
    ['an RSA key that is too short', '7F498188818180' + 'C1'.repeat(128) + '8203010001', 'RSA-2048'],
    ['a curve key where RSA was asked for', `7F49438641${point}`, 'RSA-2048'],
    ['another template', `7C438641${point}`, 'P-256'],
  ])('refuses %s', (_name, text, algorithm) => {
    expect(decodePublicKeyTemplate(bytes(text), algorithm)).toBeNull();
  });

  it('tells a point that is not on the curve when the key is made of it', () => {
    const off = decodePublicKeyTemplate(bytes(`7F4943864104${'11'.repeat(64)}`), 'P-256');
    expect(off).not.toBeNull();
    if (off !== null) expect(publicKeyToSpki(off)).toBeNull();
  });
});

describe('signatureInput', () => {
  const message = Buffer.from('message');

  it('is the hash of the curve\'s strength', () => {
    expect(hex(signatureInput(message, 'P-256'))).toBe(createHash('sha256').update(message).digest('hex').toUpperCase());
    expect(hex(signatureInput(message, 'P-384'))).toBe(createHash('sha384').update(message).digest('hex').toUpperCase());
  });

  it.each<[PivKeyAlgorithm, number]>([['RSA-2048', 256], ['RSA-3072', 384]])('fills a block of %s', (algorithm, length) => {
    const block = hex(signatureInput(message, algorithm));
    expect(block).toHaveLength(2 * length);
    expect(block).toMatch(/^0001(FF)+003031300D060960864801650304020105000420[0-9A-F]{64}$/);
  });
});

describe('publicKeyOf', () => {
  it('knows no other kinds of key', () => {
    expect(publicKeyOf(generateKeyPairSync('ed25519').publicKey)).toBeNull();
    expect(publicKeyOf(generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).publicKey)).toBeNull();
    expect(publicKeyFromSpki(bytes('3000'))).toBeNull();
  });
});

function publicKeyPoint(): Uint8Array {
  const key = publicKeyOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey);
  if (key?.kind !== 'ec') throw new Error('a P-256 key is a curve key');
  return key.point;
}
