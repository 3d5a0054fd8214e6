import fc from 'fast-check';
import { X509Certificate } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseSingle } from '../../../../drivers/codec/ber-tlv.ts';
import { cardIdentifier, decodeCardCapability, encodeCardCapability } from '../../../../drivers/codec/piv-ccc.ts';
import { decodeCertificateObject, encodeCertificateObject } from '../../../../drivers/codec/piv-certificate-object.ts';
import { decodeChuid, encodeChuid, signedChuidBytes } from '../../../../drivers/codec/piv-chuid.ts';
import { decodeDiscovery, encodeDiscovery, pivAid } from '../../../../drivers/codec/piv-discovery.ts';
import { decodeFascN, encodeFascN, isFascN, nonFederalFascN } from '../../../../drivers/codec/piv-fasc-n.ts';
import { decodeKeyHistory, encodeKeyHistory } from '../../../../drivers/codec/piv-key-history.ts';
import { decodePrintedInformation, encodePrintedInformation } from '../../../../drivers/codec/piv-printed-information.ts';
import { bytes, chainedData, hex, sectionOf, type TranscriptName } from '../../../support/piv/transcript.ts';

const transcripts: readonly TranscriptName[] = ['pivapplet-0.9.0', 'canokey-core'];
/** FASC-N of a non-federal card, as yubico-piv-tool writes it into every CHUID. */
const fascNVector = 'D4E739DA739CED39CE739D836858210842108421C84210C3EB';
const digits = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));

/** What a transcript's client wrote into an object. */
function writtenObject(name: TranscriptName, title: string, id: string): Uint8Array {
  const data = hex(chainedData(sectionOf(name, title), 0xdb));
  const start = data.indexOf(`5C03${id}53`);
  const next = data.indexOf('5C035FC1', start + 10);
  const contents = parseSingle(bytes(data.slice(start + 10, next < 0 ? data.length : next)), 0x53);
  if (contents === null) throw new Error(`${id} is not written in "${title}"`);
  return contents;
}

describe('FASC-N', () => {
  it('packs and unpacks the non-federal vector', () => {
    expect(hex(encodeFascN(nonFederalFascN))).toBe(fascNVector);
    expect(decodeFascN(bytes(fascNVector))).toEqual(nonFederalFascN);
  });

  it('packs the example of TIG SCEPACS 2.3, 6.1', () => {
    const example = { agency: '0032', system: '0001', credential: '092446', series: '0', issue: '1', person: '1112223333', organizationCategory: '1', organization: '1223', association: '2' };
    expect(hex(encodeFascN(example))).toBe('D0439458210C2C19A0846D83685A1082108CE73984108CA3FC');
    expect(decodeFascN(bytes('D0439458210C2C19A0846D83685A1082108CE73984108CA3FC'))).toEqual(example);
  });

  it('refuses every single bit that was turned over', () => {
    for (let bit = 0; bit < 200; bit += 1) {
      const broken = bytes(fascNVector);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      expect(decodeFascN(broken)).toBeNull();
    }
  });

  it('refuses the zeros of a blank card, other lengths, and fields of other lengths', () => {
    expect(decodeFascN(new Uint8Array(25))).toBeNull();
    expect(decodeFascN(bytes(fascNVector).subarray(1))).toBeNull();
    expect(isFascN({ ...nonFederalFascN, agency: '999' })).toBe(false);
    expect(() => encodeFascN({ ...nonFederalFascN, person: 'abcdefghij' })).toThrow(RangeError);
  });

  it('gives back every value', () => {
    const value = fc.record({ agency: digits(4), system: digits(4), credential: digits(6), series: digits(1), issue: digits(1), person: digits(10), organizationCategory: digits(1), organization: digits(4), association: digits(1) });
    fc.assert(fc.property(value, (fascN) => {
      expect(decodeFascN(encodeFascN(fascN))).toEqual({ ...fascN });
    }));
  });
});

describe('CHUID', () => {
  it.each(transcripts)('reads what yubico-piv-tool wrote to %s, and writes the same bytes', (name) => {
    const contents = writtenObject(name, 'set CHUID and CCC under the default 3DES management key', '5FC102');
    const chuid = decodeChuid(contents);
    expect(chuid).toMatchObject({ expiry: '2030-01-01', cardholderUuid: null, issuerSignature: new Uint8Array() });
    expect(hex(chuid?.fascN ?? new Uint8Array())).toBe(fascNVector);
    if (chuid !== null) expect(hex(encodeChuid(chuid))).toBe(hex(contents));
  });

  it('covers by its signature all but the signature', () => {
    const chuid = { fascN: bytes(fascNVector), guid: bytes('8AFF36ED1BE009EE68394F8796D6136B'), expiry: '2030-01-01', cardholderUuid: bytes('00112233445566778899AABBCCDDEEFF') };
    expect(hex(signedChuidBytes(chuid))).toBe(`3019${fascNVector}34108AFF36ED1BE009EE68394F8796D6136B35083230333030313031361000112233445566778899AABBCCDDEEFFFE00`);
  });

  it.each([
    ['no GUID', `3019${fascNVector}350832303330303130313E00FE00`],
    ['an expiry that is no day', `3019${fascNVector}34108AFF36ED1BE009EE68394F8796D6136B3508323033303031307A3E00FE00`],
    ['a short FASC-N', '3001003410000102030405060708090A0B0C0D0E0F350832303330303130313E00FE00'],
    ['a value cut off', '3019D4'],
  ])('refuses %s', (_name, text) => {
    expect(decodeChuid(bytes(text))).toBeNull();
  });
});

describe('CCC', () => {
  it.each(transcripts)('reads what yubico-piv-tool wrote to %s, and writes the same bytes', (name) => {
    const contents = writtenObject(name, 'set CHUID and CCC under the default 3DES management key', '5FC107');
    const capability = decodeCardCapability(contents);
    expect(capability?.dataModel).toBe(0x10);
    expect(capability?.cardIdentifier).toHaveLength(21);
    const issuerBytes = capability?.cardIdentifier.subarray(7) ?? new Uint8Array();
    expect(hex(encodeCardCapability(cardIdentifier(issuerBytes)))).toBe(hex(contents));
  });

  it('refuses contents without a data model', () => {
    expect(decodeCardCapability(bytes('F000F10121'))).toBeNull();
  });
});

describe('certificate object', () => {
  it.each(transcripts.flatMap((name) => [[name, '9A', '5FC105'], [name, '9C', '5FC10A']] as const))('reads what was imported to %s in %s, and writes the same bytes', (name, slot, id) => {
    const contents = writtenObject(name, `import certificate ${slot}`, id);
    const certificate = decodeCertificateObject(contents);
    expect(new X509Certificate(certificate ?? new Uint8Array()).subject).toContain('CN=Test');
    expect(hex(encodeCertificateObject(certificate ?? new Uint8Array()))).toBe(hex(contents));
  });

  it('inflates a compressed certificate, and only to the size of one', () => {
    const inflated = (content: Uint8Array): Uint8Array | null => {
      const packed = gzipSync(content);
      return decodeCertificateObject(Buffer.concat([bytes(`7082${packed.length.toString(16).padStart(4, '0')}`), packed, bytes('710101FE00')]));
    };
    expect(inflated(bytes('3003020101'))).toEqual(bytes('3003020101'));
    expect(inflated(new Uint8Array(1_000_000))).toBeNull();
  });

  it.each([['no certificate', '7000710100FE00'], ['a broken gzip stream', '7003010203710101FE00'], ['an unknown form', '7003010203710102FE00']])('refuses %s', (_name, text) => {
    expect(decodeCertificateObject(bytes(text))).toBeNull();
  });
});

describe('discovery, key history, printed information', () => {
  it('writes the discovery object that PivApplet has', () => {
    expect(hex(encodeDiscovery(0x4000))).toBe('7E124F0BA0000003080000100001005F2F024000');
    expect(decodeDiscovery(bytes('7E124F0BA0000003080000100001005F2F024010'))).toEqual({ aid: pivAid, pinUsagePolicy: 0x4010 });
    expect(decodeDiscovery(bytes('7E0D4F0BA000000308000010000100'))).toBeNull();
  });

  it('writes the key history that PivApplet has', () => {
    const empty = { onCardCertificates: 0, offCardCertificates: 0, offCardUrl: null };
    expect(hex(encodeKeyHistory(empty))).toBe('C10100C20100FE00');
    expect(decodeKeyHistory(bytes('C10100C20100FE00'))).toEqual(empty);
    const some = { onCardCertificates: 2, offCardCertificates: 1, offCardUrl: 'http://example.se/keys' };
    expect(decodeKeyHistory(encodeKeyHistory(some))).toEqual(some);
    expect(() => encodeKeyHistory({ ...some, offCardUrl: null })).toThrow(RangeError);
  });

  it('writes printed information with the month in letters (SP 800-73-5 part 1, table 12)', () => {
    const value = { name: 'Zoe', employeeAffiliation: 'Contractor', expiry: '2028-11-30', cardSerialNumber: '1', issuer: 'ID06', organizationLine1: '', organizationLine2: '' };
    const contents = hex(encodePrintedInformation(value));
    expect(contents).toBe(`01035A6F65020A${hex(Buffer.from('Contractor'))}0409${hex(Buffer.from('2028NOV30'))}0501310604${hex(Buffer.from('ID06'))}07000800FE00`);
    expect(decodePrintedInformation(bytes(contents))).toEqual(value);
    expect(() => encodePrintedInformation({ ...value, issuer: 'sixteen letters!' })).toThrow(RangeError);
    expect(() => encodePrintedInformation({ ...value, name: 'Zoë' })).toThrow(RangeError);
    expect(() => encodePrintedInformation({ ...value, expiry: '2028-13-01' })).toThrow(RangeError);
  });
});
