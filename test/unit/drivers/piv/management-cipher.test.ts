import { describe, expect, it } from 'vitest';
import { parseCommand, parseResponse } from '../../../../drivers/codec/apdu.ts';
import { authenticationField, authenticationTag } from '../../../../drivers/codec/piv-apdu.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { decryptBlock, encryptBlock } from '../../../../drivers/piv/management-cipher.ts';
import { bytes, hex, readTranscript, type TranscriptName } from '../../../support/piv/transcript.ts';

const factoryKey = '010203040506070801020304050607080102030405060708';
const replacedKey = '0102030405060708010203040506070801020304050607FE';
const nothing = new Uint8Array();

/** Every mutual authentication in a transcript: what the card gave and what the host answered, in order. */
function authentications(name: TranscriptName): { readonly title: string; readonly witness: Uint8Array; readonly plain: Uint8Array; readonly challenge: Uint8Array; readonly response: Uint8Array }[] {
  return readTranscript(name).flatMap(({ title, exchanges }) => exchanges.flatMap(({ command, answer }, index) => {
    const next = exchanges[index + 1];
    if (!hex(command).startsWith('0087039B04') || next === undefined) return [];
    const sent = parseCommand(next.command)?.data ?? nothing;
    return [{
      title,
      witness: authenticationField(parseResponse(answer).data, authenticationTag.witness) ?? nothing,
      plain: authenticationField(sent, authenticationTag.witness) ?? nothing,
      challenge: authenticationField(sent, authenticationTag.challenge) ?? nothing,
      response: authenticationField(parseResponse(next.answer).data, authenticationTag.response) ?? nothing,
    }];
  }));
}

describe.each<TranscriptName>(['pivapplet-0.9.0', 'canokey-core'])('the management key in the transcript of %s', (name) => {
  it('decrypts every witness as the client did, and makes every response as the card did', () => {
    const found = authentications(name);
    expect(found.length).toBeGreaterThanOrEqual(9);
    for (const [index, { witness, plain, challenge, response }] of found.entries()) {
      // The first two sections run under the factory's key, the second of them replaces it.
      using key = Secret.take(bytes(index < 2 ? factoryKey : replacedKey));
      expect(hex(decryptBlock('3DES', key, witness))).toBe(hex(plain));
      expect(hex(encryptBlock('3DES', key, challenge))).toBe(hex(response));
    }
  });
});

describe('AES blocks', () => {
  it.each<['AES-128' | 'AES-192' | 'AES-256', string, string]>([
    ['AES-128', '000102030405060708090A0B0C0D0E0F', '69C4E0D86A7B0430D8CDB78070B4C55A'],
    ['AES-192', '000102030405060708090A0B0C0D0E0F1011121314151617', 'DDA97CA4864CDFE06EAF70A0EC0D7191'],
    ['AES-256', '000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', '8EA2B7CA516745BFEAFC49904B496089'],
  ])('%s as in FIPS 197, appendix C', (algorithm, keyHex, cipherText) => {
    using key = Secret.take(bytes(keyHex));
    expect(hex(encryptBlock(algorithm, key, bytes('00112233445566778899AABBCCDDEEFF')))).toBe(cipherText);
    expect(hex(decryptBlock(algorithm, key, bytes(cipherText)))).toBe('00112233445566778899AABBCCDDEEFF');
  });
});
