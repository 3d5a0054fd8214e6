import { expect, it } from 'vitest';
import { aesCmac } from '../../../../drivers/codec/aes-cmac.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const message = '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';

/** RFC 4493, section 4, and SP 800-38B's examples for the longer keys. */
it.each([
  ['2b7e151628aed2a6abf7158809cf4f3c', 0, 'bb1d6929e95937287fa37d129b756746'],
  ['2b7e151628aed2a6abf7158809cf4f3c', 16, '070a16b46b4d4144f79bdd9dd04a287c'],
  ['2b7e151628aed2a6abf7158809cf4f3c', 40, 'dfa66747de9ae63030ca32611497c827'],
  ['2b7e151628aed2a6abf7158809cf4f3c', 64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ['8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b', 40, '8a1de5be2eb31aad089a82e6ee908b0e'],
  ['603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', 40, 'aaf3d8f1de5640c232f5b169b9c911e6'],
])('AES-CMAC with key %s over %i bytes', (key, length, mac) => {
  expect(Buffer.from(aesCmac(bytes(key), bytes(message).subarray(0, length))).toString('hex')).toBe(mac);
});

it('refuses a key that is none of AES', () => {
  expect(() => aesCmac(new Uint8Array(8), new Uint8Array(1))).toThrow(RangeError);
});
