import { describe, expect, it } from 'vitest';
import { encodeCommand, parseCommand, parseResponse, type CommandApdu } from '../../../../drivers/codec/apdu.ts';
import {
  answerWitness, authenticationField, authenticationTag, changeReferenceData, generateKeyPair, getData, objectOf, putData, requestWitness, resetRetryCounter, selectPiv, sign, verify,
} from '../../../../drivers/codec/piv-apdu.ts';
import { decodeMetadata, getMetadata, getSerial, getVersion, setManagementKey } from '../../../../drivers/codec/piv-extension-apdu.ts';
import { bytes, chainedData, hex, readTranscript, sectionOf, type TranscriptName } from '../../../support/piv/transcript.ts';

const transcripts: readonly TranscriptName[] = ['pivapplet-0.9.0', 'canokey-core'];
const pin = bytes('313233343536FFFF');
const changedPin = bytes('363534333231FFFF');
const puk = bytes('3132333435363738');

/** Whether a client of a transcript sent this command; the trailing Le that yubico-piv-tool adds to all of them is not compared. */
function wasSent(name: TranscriptName, apdu: CommandApdu): boolean {
  const wanted = hex(encodeCommand({ ...apdu, le: null }));
  return readTranscript(name).some(({ exchanges }) => exchanges.some(({ command }) => {
    const parsed = parseCommand(command);
    return parsed !== null && hex(encodeCommand({ ...parsed, le: null })) === wanted;
  }));
}

describe.each(transcripts)('commands as real clients sent them to %s', (name) => {
  it.each<[string, CommandApdu]>([
    ['GET DATA of the CHUID', getData('5FC102')],
    ['GET DATA of the discovery object', getData('7E')],
    ['VERIFY', verify(0x80, pin)],
    ['VERIFY without data', verify(0x80)],
    ['CHANGE REFERENCE DATA', changeReferenceData(0x80, pin, changedPin)],
    ['RESET RETRY COUNTER', resetRetryCounter(puk, pin)],
    ['GENERATE 9A P-256', generateKeyPair(0x9a, 'P-256')],
    ['GENERATE 9C RSA-2048', generateKeyPair(0x9c, 'RSA-2048')],
    ['GENERATE 9D P-384', generateKeyPair(0x9d, 'P-384')],
    ['the request for a witness', requestWitness('3DES')],
    ['SET MANAGEMENT KEY', setManagementKey('3DES', bytes('0102030405060708010203040506070801020304050607FE'))],
    ['GET METADATA', getMetadata(0x9b)],
    ['GET VERSION', getVersion()],
    ['GET SERIAL', getSerial()],
  ])('%s', (_name, apdu) => {
    expect(wasSent(name, apdu)).toBe(true);
  });

  it('PUT DATA of a certificate, put together from its chain', () => {
    const sent = chainedData(sectionOf(name, 'import certificate 9A'), 0xdb);
    const contents = objectOf('5FC105', sent.subarray(5));
    expect(hex(putData('5FC105', contents ?? new Uint8Array()).data)).toBe(hex(sent));
  });

  it('the answer to a witness', () => {
    const { exchanges } = sectionOf(name, 'set CHUID and CCC under the default 3DES management key');
    const sent = exchanges.map(({ command }) => hex(command)).find((command) => command.startsWith('0087039B16'));
    const field = (tag: number): Uint8Array => authenticationField(bytes(sent?.slice(10, -2) ?? ''), tag) ?? new Uint8Array();
    expect(`${hex(encodeCommand({ ...answerWitness('3DES', field(authenticationTag.witness), field(authenticationTag.challenge)), le: null }))}00`).toBe(sent);
  });

  it('the request for a signature, and the signature in the answer', () => {
    const { exchanges } = sectionOf(name, 'certificate request 9A');
    const signed = exchanges.find(({ command }) => command[1] === 0x87);
    const input = authenticationField(parseCommand(signed?.command ?? new Uint8Array())?.data ?? new Uint8Array(), authenticationTag.challenge);
    expect(hex(encodeCommand(sign('P-256', 0x9a, input ?? new Uint8Array())))).toBe(hex(signed?.command ?? new Uint8Array()));
    const signature = authenticationField(parseResponse(signed?.answer ?? new Uint8Array()).data, authenticationTag.response);
    expect(hex(signature ?? new Uint8Array())).toMatch(/^304[5-8]02/);
  });
});

describe('SELECT', () => {
  it('names the application whole (SP 800-73-5 part 2, 3.1.1)', () => {
    expect(hex(encodeCommand(selectPiv()))).toBe('00A404000BA00000030800001000010000');
  });
});

describe('objectOf', () => {
  it.each([
    ['7E', '7E124F0BA0000003080000100001005F2F024000', '7E124F0BA0000003080000100001005F2F024000'],
    ['5FC10C', '5308C10100C20100FE00', 'C10100C20100FE00'],
  ])('takes %s out of its answer', (id, answer, expected) => {
    expect(hex(objectOf(id, bytes(answer)) ?? new Uint8Array())).toBe(expected);
  });

  it.each([['5FC10C', 'C10100C20100FE00'], ['7E', '53020102'], ['5FC102', '5305010203']])('refuses what is no answer for %s', (id, answer) => {
    expect(objectOf(id, bytes(answer))).toBeNull();
  });
});

describe('decodeMetadata', () => {
  it.each([
    ['of the factory management key of PivApplet', '0101030501010202010103 0101', { algorithmId: 3, isDefault: true, publicKey: null, triesLeft: null, maximumTries: null }],
    ['of its replaced management key', '01010305010002020101030101', { algorithmId: 3, isDefault: false, publicKey: null, triesLeft: null, maximumTries: null }],
    ['of the factory management key of canokey', '010103020200010501 01', { algorithmId: 3, isDefault: true, publicKey: null, triesLeft: null, maximumTries: null }],
    ['of a PIN', '0101FF05010006020302', { algorithmId: 0xff, isDefault: false, publicKey: null, triesLeft: 2, maximumTries: 3 }],
  ])('%s', (_name, text, expected) => {
    expect(decodeMetadata(bytes(text))).toEqual(expected);
  });

  it('finds the public key that PivApplet gives with a length in its long form', () => {
    const answer = sectionOf('pivapplet-0.9.0', 'import certificate 9A').exchanges.at(-1)?.answer ?? new Uint8Array();
    expect(hex(decodeMetadata(parseResponse(answer).data)?.publicKey ?? new Uint8Array())).toMatch(/^86814104A9035BA5/);
  });

  it('refuses bytes that are no TLVs', () => {
    expect(decodeMetadata(bytes('0105'))).toBeNull();
  });
});
