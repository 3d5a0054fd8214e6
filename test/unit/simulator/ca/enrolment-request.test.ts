import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEnrolmentRequest, type EnrolmentRequest } from '../../../../simulator/ca/enrolment-request.ts';
import { opensslRequest } from '../../../support/openssl-request.ts';

const rsa = (bits: number): readonly string[] => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];
const ec = (curve: string): readonly string[] => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`];

async function wishes(...extensions: readonly string[]): Promise<EnrolmentRequest> {
  const read = await readEnrolmentRequest(opensslRequest({ subject: '/CN=x', extensions }).der);
  if (read.kind === 'refused') throw new Error(read.reason);
  return read.request;
}

describe('a certificate request', () => {
  it('gives subject and key as OpenSSL wrote them', async () => {
    const { der, keyPem } = opensslRequest({ subject: '/C=SE/CN=Åsa Öberg/serialNumber=4711' });
    const read = await readEnrolmentRequest(der);
    if (read.kind === 'refused') throw new Error(read.reason);
    expect(read.request.publicKey).toEqual(createPublicKey(keyPem).export({ type: 'spki', format: 'der' }));
    expect(der.includes(read.request.subject)).toBe(true);
    expect(read.request.subject.includes(Buffer.from('Åsa Öberg', 'utf8'))).toBe(true);
  });

  it('asks for usages, names and an end of validity', async () => {
    const request = await wishes('extendedKeyUsage=clientAuth,1.3.6.1.4.1.311.20.2.2', 'subjectAltName=URI:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6', '2.5.29.16=DER:3011810f32303238303130313030303030305a');
    expect(request.extendedKeyUsages).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2']);
    expect(request.alternativeName?.toString('latin1')).toContain('urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6');
    expect(request.notAfter?.toISOString()).toBe('2028-01-01T00:00:00.000Z');
  });

  it('may ask for nothing', async () => {
    expect(await wishes()).toMatchObject({ extendedKeyUsages: [], alternativeName: undefined, notAfter: undefined });
  });

  it('keeps names that we do not understand', async () => {
    const request = await wishes('subjectAltName=otherName:2.16.840.1.101.3.6.6;OCT:d4e739');
    expect(request.alternativeName?.includes(Buffer.from('d4e739'))).toBe(true);
  });

  it.each([['P-256', ec('P-256')], ['P-384', ec('P-384')], ['RSA 2048', rsa(2048)]])('may be for %s', async (_, key) => {
    expect((await readEnrolmentRequest(opensslRequest({ subject: '/CN=x', key }).der)).kind).toBe('request');
  });

  it.each([
    ['a small RSA key', rsa(1024), 'RSA key of 1024 bits'],
    ['a curve that cards do not have', ec('P-521'), 'curve secp521r1'],
  ])('is refused for %s', async (_, key, reason) => {
    expect(await readEnrolmentRequest(opensslRequest({ subject: '/CN=x', key }).der)).toEqual({ kind: 'refused', reason });
  });

  it('is refused when its subject was changed after signing', async () => {
    const { der } = opensslRequest({ subject: '/CN=Original' });
    der.write('Imposter', der.indexOf('Original'));
    expect(await readEnrolmentRequest(der)).toEqual({ kind: 'refused', reason: 'the signature of the request does not verify' });
  });

  it.each([['nothing', ''], ['zeros', '0000'], ['an integer', '020101'], ['a depth without end', '30'.repeat(2000)]])('is refused when it is %s', async (_, hex) => {
    expect((await readEnrolmentRequest(Buffer.from(hex, 'hex'))).kind).toBe('refused');
  });
});
