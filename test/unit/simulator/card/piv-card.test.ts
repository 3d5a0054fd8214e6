import { createCipheriv, createECDH, createHash, createPublicKey, generateKeyPairSync, publicDecrypt, constants, verify as verifySignature } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { command, encodeCommand, parseResponse, type CommandApdu } from '../../../../drivers/codec/apdu.ts';
import { encodeNested, encodeTlv } from '../../../../drivers/codec/ber-tlv.ts';
import { managementKeyShape, type ManagementKeyAlgorithm, type PivKeyAlgorithm } from '../../../../drivers/codec/piv-algorithms.ts';
import { authenticationField, changeReferenceData, generalAuthenticate, generateKeyPair, getData, putData, resetRetryCounter, selectPiv, sign, verify } from '../../../../drivers/codec/piv-apdu.ts';
import { getMetadata, setManagementKey } from '../../../../drivers/codec/piv-extension-apdu.ts';
import { decodePublicKeyTemplate, publicKeyToSpki } from '../../../../drivers/codec/piv-key.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { standardBlank } from '../../../../simulator/card/piv/abilities.ts';
import { restorePivCard, type PivCard } from '../../../../simulator/card/piv-card.ts';
import type { SimulatedChip } from '../../../../simulator/card/simulated-chip.ts';
import { newCard } from '../../../support/piv/card-bench.ts';
import { bytes, hex } from '../../../support/piv/transcript.ts';

const factoryKey = '010203040506070801020304050607080102030405060708';
const pin = bytes('313233343536FFFF');
const wrongPin = bytes('393939393939FFFF');
const puk = bytes('3132333435363738');
const nothing = new Uint8Array();

function send(chip: SimulatedChip, apdu: CommandApdu): { readonly data: Uint8Array; readonly sw: number } {
  let part = parseResponse(chip.transmit(encodeCommand(apdu)));
  const parts = [part.data];
  while (part.sw >> 8 === 0x61) {
    part = parseResponse(chip.transmit(Uint8Array.of(0x00, 0xc0, 0x00, 0x00, part.sw & 0xff)));
    parts.push(part.data);
  }
  return { data: new Uint8Array(Buffer.concat(parts)), sw: part.sw };
}

const sw = (chip: SimulatedChip, apdu: CommandApdu): string => send(chip, apdu).sw.toString(16).toUpperCase().padStart(4, '0');

/** Single-sided authentication: the other way than the product's. */
function administer(chip: SimulatedChip, algorithm: ManagementKeyAlgorithm = '3DES', key = factoryKey): string {
  const { id, cipher } = managementKeyShape[algorithm];
  const challenge = authenticationField(send(chip, generalAuthenticate(id, 0x9b, { tag: 0x81, value: nothing })).data, 0x81);
  const encryption = createCipheriv(cipher, Buffer.from(key, 'hex'), null).setAutoPadding(false);
  return sw(chip, generalAuthenticate(id, 0x9b, { tag: 0x82, value: encryption.update(challenge ?? nothing) }));
}

function selected(card: PivCard = newCard().card): SimulatedChip {
  const chip = card.face('contact');
  send(chip, selectPiv());
  return chip;
}

describe('SELECT and power', () => {
  it.each([['A000000308000010000100', '9000'], ['A00000030800001000', '9000'], ['A000000308', '9000'], ['A0000003', '6A82'], ['A0000003080000100002', '6A82'], ['D27600012401', '6A82']])('%s gives %s', (aid, expected) => {
    expect(sw(newCard().card.face('contact'), command(0x00, 0xa4, 0x04, 0x00, bytes(aid), 256))).toBe(expected);
  });

  it('answers nothing of PIV before it, and forgets everything when power is taken', () => {
    const chip = selected();
    expect([administer(chip), sw(chip, verify(0x80, pin)), sw(chip, verify(0x80))]).toEqual(['9000', '9000', '9000']);
    send(chip, selectPiv());
    expect(sw(chip, verify(0x80))).toBe('9000');
    chip.powerOff();
    expect(sw(chip, getData('7E'))).toBe('6986');
    send(chip, selectPiv());
    expect([sw(chip, verify(0x80)), sw(chip, putData('5FC102', bytes('00')))]).toEqual(['63C3', '6982']);
  });

  it.each([['00A40400', '6A82'], ['0020', '6700'], ['00CB3FFF055C035FC1', '6700'], ['80CB3FFF055C035FC10200', '6E00'], ['00CADF3005', '6D00'], ['00C0000010', '6985']])('answers %s with %s', (text, expected) => {
    expect(hex(selected().transmit(bytes(text)))).toBe(expected);
  });

  it('has ATRs with right check bytes, and not the one that OpenSC takes for another card', () => {
    const { card } = newCard();
    for (const face of ['contact', 'contactless'] as const) {
      const { atr } = card.face(face);
      expect(atr.slice(1).reduce((sum, byte) => sum ^ byte, 0)).toBe(0);
      expect(hex(atr)).not.toBe('3B80800101');
    }
  });
});

describe('PIN and PUK', () => {
  it('keeps the tries in the card when it is pulled, and blocks', () => {
    const { card, saved } = newCard();
    const chip = selected(card);
    expect(sw(chip, verify(0x80, wrongPin))).toBe('63C2');
    expect(saved.at(-1)).toMatchObject({ memory: { pin: { triesLeft: 2 } } });
    const later = selected(restorePivCard(card.snapshot(), { random: () => nothing, onChange: () => undefined }));
    expect([sw(later, verify(0x80, wrongPin)), sw(later, verify(0x80, wrongPin)), sw(later, verify(0x80, pin))]).toEqual(['63C1', '6983', '6983']);
    expect(sw(later, resetRetryCounter(puk, wrongPin))).toBe('9000');
    expect(sw(later, verify(0x80, wrongPin))).toBe('9000');
  });

  it('counts a wrong old value, refuses a new PIN that is none, and takes any new PUK', () => {
    const chip = selected();
    expect(sw(chip, changeReferenceData(0x80, wrongPin, pin))).toBe('63C2');
    expect(sw(chip, changeReferenceData(0x80, pin, bytes('3132333435FFFFFF')))).toBe('6A80');
    expect(sw(chip, changeReferenceData(0x81, puk, bytes('0001020304050607')))).toBe('9000');
    expect(sw(chip, resetRetryCounter(puk, pin))).toBe('63C2');
  });

  it('does not count what is no PIN, and drops what was verified when a wrong one comes', () => {
    const chip = selected();
    expect(sw(chip, verify(0x80, bytes('31323334')))).toBe('6A80');
    expect(sw(chip, verify(0x80))).toBe('63C3');
    expect([sw(chip, verify(0x80, pin)), sw(chip, verify(0x80, wrongPin)), sw(chip, verify(0x80))]).toEqual(['9000', '63C2', '63C2']);
    expect([sw(chip, verify(0x80, pin)), sw(chip, command(0x00, 0x20, 0xff, 0x80)), sw(chip, verify(0x80))]).toEqual(['9000', '9000', '63C3']);
    expect(sw(chip, verify(0x00, pin))).toBe('6A88');
  });
});

describe('objects', () => {
  it('are written under the management key only, deleted by nothing, and guarded by their rules', () => {
    const chip = selected();
    expect(sw(chip, putData('5FC109', bytes('0100')))).toBe('6982');
    administer(chip);
    expect(sw(chip, putData('5FC109', bytes('0100FE00')))).toBe('9000');
    expect([sw(chip, getData('5FC109')), sw(chip, verify(0x80, pin)), hex(send(chip, getData('5FC109')).data)]).toEqual(['6982', '9000', '53040100FE00']);
    expect([sw(chip, putData('5FC109', nothing)), sw(chip, getData('5FC109'))]).toEqual(['9000', '6A82']);
    expect([sw(chip, putData('5FC1FF', bytes('00'))), sw(chip, putData('5FFF10', bytes('00')))]).toEqual(['6A80', '9000']);
    expect(sw(chip, putData('7E', bytes('7E124F0BA0000003080000100001005F2F024010')))).toBe('9000');
    expect(hex(send(chip, getData('7E')).data)).toBe('7E124F0BA0000003080000100001005F2F024010');
  });

  it('go in as a chain or by extended length, and come out in frames of 253 bytes', () => {
    const chip = selected();
    administer(chip);
    const content = new Uint8Array(900).fill(0x5a);
    expect(sw(chip, putData('5FC105', content))).toBe('9000');
    const first = chip.transmit(encodeCommand(getData('5FC105')));
    expect([first.length, hex(first.subarray(-2))]).toEqual([255, '6100']);
    chip.reset();
    send(chip, selectPiv());
    expect(send(chip, getData('5FC105')).data.length).toBe(904);
  });

  it('are not written by a chain that another command interrupted', () => {
    const chip = selected();
    administer(chip);
    const data = Buffer.concat([bytes('5C035FC102'), encodeTlv(0x53, new Uint8Array(200))]);
    const [head, tail] = [data.subarray(0, 100), data.subarray(100)];
    expect(sw(chip, command(0x10, 0xdb, 0x3f, 0xff, head))).toBe('9000');
    expect(sw(chip, getData('7E'))).toBe('9000');
    expect(sw(chip, command(0x00, 0xdb, 0x3f, 0xff, tail))).toBe('6A80');
    expect(sw(chip, getData('5FC102'))).toBe('6A82');
    expect([sw(chip, command(0x10, 0xdb, 0x3f, 0xff, head)), sw(chip, command(0x00, 0xdb, 0x3f, 0xff, tail))]).toEqual(['9000', '9000']);
  });

  it('may not be longer than the buffer of the chip', () => {
    const chip = selected(newCard({ ...standardBlank, maximumCommandBytes: 300 }).card);
    administer(chip);
    expect(sw(chip, putData('5FC102', new Uint8Array(400)))).toBe('6700');
  });
});

describe('keys', () => {
  it.each<[PivKeyAlgorithm, string]>([['P-256', 'sha256'], ['P-384', 'sha384'], ['RSA-2048', 'sha256']])('made in the chip sign, and node verifies: %s', (algorithm, hash) => {
    const chip = selected();
    administer(chip);
    const key = decodePublicKeyTemplate(send(chip, generateKeyPair(0x9e, algorithm)).data, algorithm);
    const spki = key === null ? null : publicKeyToSpki(key);
    const publicKey = createPublicKey({ key: Buffer.from(spki ?? nothing), format: 'der', type: 'spki' });
    if (algorithm === 'RSA-2048') {
      const block = Buffer.concat([Buffer.of(0), Buffer.alloc(255, 0x11)]);
      const signature = authenticationField(send(chip, sign(algorithm, 0x9e, block)).data, 0x82);
      expect(publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, signature ?? nothing).equals(block)).toBe(true);
      return;
    }
    const digest = createHash(hash).update('message').digest();
    const signature = authenticationField(send(chip, sign(algorithm, 0x9e, digest)).data, 0x82);
    expect(verifySignature(hash, Buffer.from('message'), publicKey, signature ?? nothing)).toBe(true);
  });

  it('want the PIN as their slots say: 9A once, 9C every time, 9E never', () => {
    const chip = selected();
    administer(chip);
    for (const slot of [0x9a, 0x9c, 0x9e]) send(chip, generateKeyPair(slot, 'P-256'));
    const hash = new Uint8Array(32).fill(7);
    const signs = (): string[] => [0x9a, 0x9a, 0x9c, 0x9c, 0x9e].map((slot) => sw(chip, sign('P-256', slot, hash)));
    expect(signs()).toEqual(['6982', '6982', '6982', '6982', '9000']);
    send(chip, verify(0x80, pin));
    expect(signs()).toEqual(['9000', '9000', '9000', '6982', '9000']);
  });

  it('are told apart: none there, another algorithm, an input too long', () => {
    const chip = selected();
    administer(chip);
    expect(sw(chip, sign('P-256', 0x9e, new Uint8Array(32)))).toBe('6A88');
    send(chip, generateKeyPair(0x9e, 'P-256'));
    expect([sw(chip, sign('P-384', 0x9e, new Uint8Array(48))), sw(chip, sign('P-256', 0x9e, new Uint8Array(33)))]).toEqual(['6A86', '6A80']);
  });

  it('agree with a key outside (SP 800-73-5 part 2, A.5)', () => {
    const chip = selected();
    administer(chip);
    const point = decodePublicKeyTemplate(send(chip, generateKeyPair(0x9d, 'P-256')).data, 'P-256');
    send(chip, verify(0x80, pin));
    const other = createECDH('prime256v1');
    other.generateKeys();
    const shared = send(chip, generalAuthenticate(0x11, 0x9d, { tag: 0x82, value: nothing }, { tag: 0x85, value: other.getPublicKey() }));
    expect(hex(authenticationField(shared.data, 0x82) ?? nothing)).toBe(hex(other.computeSecret(point?.kind === 'ec' ? point.point : nothing)));
    expect(sw(chip, generalAuthenticate(0x11, 0x9d, { tag: 0x82, value: nothing }, { tag: 0x85, value: bytes(`04${'11'.repeat(64)}`) }))).toBe('6A80');
  });

  it('come in from outside, with the PIN rule that was asked for', () => {
    const chip = selected();
    administer(chip);
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const scalar = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    const imported = Buffer.concat([encodeTlv(0x06, scalar), bytes('AA0101')]);
    expect(sw(chip, command(0x00, 0xfe, 0x11, 0x82, imported))).toBe('9000');
    const signature = authenticationField(send(chip, sign('P-256', 0x82, createHash('sha256').update('x').digest())).data, 0x82);
    expect(verifySignature('sha256', Buffer.from('x'), publicKey, signature ?? nothing)).toBe(true);
    expect(hex(send(chip, getMetadata(0x82)).data)).toMatch(/^010111020201010301020443864104/);
  });
});

describe('the management key', () => {
  it.each<[ManagementKeyAlgorithm, string]>([['AES-128', 'A1'.repeat(16)], ['AES-192', 'A2'.repeat(24)], ['AES-256', 'A3'.repeat(32)], ['3DES', `${'A4'.repeat(8)}${'B5'.repeat(8)}${'C6'.repeat(8)}`]])('is replaced by one of %s, and the old one is refused', (algorithm, key) => {
    const chip = selected();
    expect(sw(chip, setManagementKey(algorithm, bytes(key)))).toBe('6982');
    administer(chip);
    expect(sw(chip, setManagementKey(algorithm, bytes(key)))).toBe('9000');
    chip.reset();
    send(chip, selectPiv());
    expect([administer(chip), administer(chip, algorithm, key)]).toEqual([algorithm === '3DES' ? '6982' : '6A86', '9000']);
  });

  it('refuses lengths that do not fit, and a response to no challenge', () => {
    const chip = selected();
    expect(sw(chip, generalAuthenticate(0x03, 0x9b, { tag: 0x82, value: new Uint8Array(8) }))).toBe('6982');
    administer(chip);
    expect(sw(chip, command(0x00, 0xff, 0xff, 0xff, Buffer.concat([bytes('0C'), encodeTlv(0x9b, new Uint8Array(24))])))).toBe('6A80');
    expect(sw(chip, command(0x00, 0xff, 0xff, 0xfe, Buffer.concat([bytes('03'), encodeTlv(0x9b, new Uint8Array(24))])))).toBe('6A86');
  });
});

describe('without contact', () => {
  it('gives CHUID, certificate 9E and discovery, its UID to the reader, and a signature of 9E', () => {
    const { card } = newCard();
    const contact = selected(card);
    administer(contact);
    for (const id of ['5FC101', '5FC102', '5FC105', '5FC107', '5FFF10']) send(contact, putData(id, bytes('00')));
    send(contact, generateKeyPair(0x9a, 'P-256'));
    send(contact, generateKeyPair(0x9e, 'P-256'));
    const chip = card.face('contactless');
    send(chip, selectPiv());
    expect(['5FC101', '5FC102', '7E'].map((id) => sw(chip, getData(id)))).toEqual(['9000', '9000', '9000']);
    expect(['5FC105', '5FC107', '5FFF10'].map((id) => sw(chip, getData(id)))).toEqual(['6982', '6982', '6982']);
    expect([sw(chip, sign('P-256', 0x9e, new Uint8Array(32))), sw(chip, sign('P-256', 0x9a, new Uint8Array(32)))]).toEqual(['9000', '6982']);
    expect(hex(chip.transmit(bytes('FFCA000000')))).toBe('04A1B2C3D4E5809000');
  });

  it('refuses what is for the issuer and the holder', () => {
    const chip = newCard().card.face('contactless');
    send(chip, selectPiv());
    const refused = [putData('5FC102', bytes('00')), generateKeyPair(0x9e, 'P-256'), verify(0x80, pin), changeReferenceData(0x80, pin, pin), generalAuthenticate(0x03, 0x9b, { tag: 0x80, value: nothing })];
    expect(refused.map((apdu) => sw(chip, apdu))).toEqual(refused.map(() => '6A81'));
  });
});

describe('restorePivCard', () => {
  it('brings everything back, and refuses what is no PIV chip', () => {
    const { card } = newCard();
    const chip = selected(card);
    administer(chip);
    send(chip, putData('5FC102', encodeNested(0x30, bytes('00'))));
    const kept = JSON.parse(JSON.stringify(card.snapshot())) as ReturnType<PivCard['snapshot']>;
    const back = restorePivCard(kept, { random: (length) => new Uint8Array(length), onChange: () => undefined });
    expect(back.snapshot()).toEqual(card.snapshot());
    expect(hex(send(selected(back), getData('5FC102')).data)).toBe('5303300100');
    expect(() => restorePivCard({ ...kept, kind: 'mifare-classic-1k' }, { random: () => nothing, onChange: () => undefined })).toThrow(StationFault);
    expect(() => restorePivCard({ ...kept, memory: null }, { random: () => nothing, onChange: () => undefined })).toThrow(StationFault);
  });
});
