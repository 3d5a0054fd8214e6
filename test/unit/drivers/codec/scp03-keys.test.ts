import { describe, expect, it } from 'vitest';
import { aesCmac } from '../../../../drivers/codec/aes-cmac.ts';
import { assembleScp03Key, kdf3Messages, scp03Messages } from '../../../../drivers/codec/scp03-keys.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();

describe('KDF3', () => {
  /** The vector of GlobalPlatformPro's own test of this scheme (testKDF3): AES-256 master key, encryption key of the card. */
  it('gives the published encryption key', () => {
    const master = bytes('8C72C72CF908411653018807950D82FBAD947562F0828A0B10B8B9606ABF3BCD');
    const macs = kdf3Messages('enc', bytes('D9B1DE5D0362DEDCE4FB'), 32).map((message) => aesCmac(master, message));
    expect(hex(assembleScp03Key(macs, 32))).toBe('9AAC5D0B3601F89438A0D9D0B6B256CFB47E6462DFA5228D3420C4AC7C224781');
    expect(macs.every((mac) => mac.every((byte) => byte === 0))).toBe(true);
  });

  it('tells keys and blocks apart', () => {
    expect(kdf3Messages('mac', bytes('00112233445566778899'), 24).map(hex)).toEqual(['01000000020000112233445566778899', '02000000020000112233445566778899']);
  });
});

describe('messages under one key', () => {
  it('cannot be those of another use: their lengths differ', () => {
    const lengths = [kdf3Messages('enc', new Uint8Array(10), 16), scp03Messages(4, new Uint8Array(16), 16)].map(([message]) => message?.length);
    expect(lengths).toEqual([16, 32]);
  });
});
