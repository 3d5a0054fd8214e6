import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCertsOnly } from '../../../../drivers/ca/certs-only.ts';
import { vector } from '../../../support/openssl-request.ts';

const text = (name: string): string => vector(`est/${name}`).toString('latin1');
const der = (name: string): Uint8Array => new Uint8Array(new X509Certificate(vector(`est/${name}`)).raw);

describe('a certs-only message', () => {
  it('gives the certificates of an OpenSSL message byte for byte', () => {
    expect(parseCertsOnly(text('one-certificate.b64'))).toEqual([der('issuing.pem')]);
    const three = parseCertsOnly(text('cacerts.b64'));
    expect(three).toHaveLength(3);
    expect(three).toEqual(expect.arrayContaining([der('root.pem'), der('old-root.pem'), der('issuing.pem')]));
  });

  it('may be broken into lines', () => {
    expect(parseCertsOnly(text('one-certificate.b64').replace(/.{64}/g, '$&\r\n'))).toEqual([der('issuing.pem')]);
  });

  it.each([
    ['nothing', ''],
    ['text', 'Not Found'],
    ['base64 of something else', Buffer.from('hello').toString('base64')],
    ['a message with a signature', text('signed-message.b64')],
    ['a cut message', text('cacerts.b64').slice(0, 800)],
    ['PEM', vector('est/root.pem').toString('latin1')],
    ['a certificate without its message', vector('est/root.pem').toString('latin1').replace(/-----.*-----/g, '')],
  ])('refuses %s', (_, body) => {
    expect(() => parseCertsOnly(body)).toThrow(/^CA-PROTOCOL/);
  });

  it('refuses an empty set of certificates', () => {
    // SignedData with an empty [0] set, written out by hand from RFC 5652 section 5.1.
    const hex = ['3027', '06092a864886f70d010702', 'a01a', '3018', '020101', '3100', '300b06092a864886f70d010701', 'a000', '3100'].join('');
    expect(() => parseCertsOnly(Buffer.from(hex, 'hex').toString('base64'))).toThrow(/^CA-PROTOCOL/);
  });
});
