import { describe, expect, it } from 'vitest';
import { errorAnswer, issuedAnswer } from '../../../../drivers/codec/cmp-answers.ts';
import { asksForCaCertificates, caCertificatesAnswer, caCertificatesRequestBody, decodeCaCertificates, decodeCaPublications } from '../../../../drivers/codec/cmp-ca-certificates.ts';
import { decodeCertificateResponse } from '../../../../drivers/codec/cmp-bodies.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
/** What stands for certificates: any SEQUENCE. */
const [one, two] = [bytes('3003020101'), bytes('3003020102')];

describe('the general message for the authority\'s certificates (RFC 9483, 4.3.1)', () => {
  it('asks with id-it-caCerts, 1.3.6.1.5.5.7.4.17, and no value', () => {
    expect(caCertificatesRequestBody().kind).toBe('genm');
    expect(hex(caCertificatesRequestBody().content)).toBe('300c300a06082b06010505070411');
    expect(asksForCaCertificates(bytes('300c300a06082b06010505070411'))).toBe(true);
    expect(asksForCaCertificates(bytes('300c300a06082b06010505070410'))).toBe(false);
  });

  it('is answered with the certificates in a list', () => {
    const { kind, content } = caCertificatesAnswer([one, two]);
    expect([kind, hex(content)]).toEqual(['genp', '3018301606082b06010505070411300a30030201013003020102']);
    expect(decodeCaCertificates(content)?.map(hex)).toEqual([hex(one), hex(two)]);
  });

  it.each<[string, string, readonly string[] | null]>([
    ['the question given back', '300c300a06082b06010505070411', []],
    ['other information', '300c300a06082b06010505070410', []],
    ['nothing', '3000', []],
    ['a value that is no list', '300f300d06082b06010505070411020101', null],
    ['a list of something else', '3011300f06082b060105050704113003020101', null],
    ['no sequence', '0500', null],
  ])('reads %s', (_name, content, told) => {
    expect(decodeCaCertificates(bytes(content))?.map(hex) ?? null).toEqual(told);
  });

  it('takes no list without end', () => {
    expect(decodeCaCertificates(caCertificatesAnswer(Array.from({ length: 17 }, () => one)).content)).toBeNull();
  });
});

describe('certificates beside an issued one (caPubs; RFC 4210, 5.3.4)', () => {
  it('are read, and do not hide the issued one', () => {
    const { content } = issuedAnswer(one, [two]);
    expect(decodeCaPublications(content).map(hex)).toEqual([hex(two)]);
    expect(hex(decodeCertificateResponse(content)?.certificate ?? new Uint8Array())).toBe(hex(one));
  });

  it('may be missing', () => {
    expect(decodeCaPublications(errorAnswer('no').content)).toEqual([]);
    expect(decodeCaPublications(bytes('3000'))).toEqual([]);
    expect(decodeCaPublications(bytes('ff'))).toEqual([]);
  });
});
