import { createDecipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DataCipher } from '../../../../queue/store/data-cipher.ts';
import { expectFault } from '../../../support/queue/expect-fault.ts';
import { dataKey } from '../../../support/queue/stored-orders.ts';

const text = Buffer.from('Åsa Testfall');

describe('The cipher of personal data', () => {
  it('seals as AES-256-GCM under a key derived with HKDF-SHA-256, so that others can open it', () => {
    using cipher = DataCipher.from(dataKey());
    const sealed = cipher.seal('payload A', text);
    const key = new Uint8Array(hkdfSync('sha256', new Uint8Array(32).fill(7), new Uint8Array(), 'kortverk store content', 32));
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from('payload A')).setAuthTag(sealed.subarray(-16));
    expect(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])).toEqual(text);
    expect(cipher.open('payload A', sealed)).toEqual(text);
  });

  it('never seals the same bytes the same way', () => {
    using cipher = DataCipher.from(dataKey());
    expect(cipher.seal('payload A', text).equals(cipher.seal('payload A', text))).toBe(false);
  });

  it('opens nothing under another name, another key, cut or changed in any byte', () => {
    using cipher = DataCipher.from(dataKey());
    using other = DataCipher.from(dataKey(8));
    const sealed = cipher.seal('payload A', text);
    expectFault('STO-BROKEN', () => cipher.open('payload B', sealed));
    expectFault('STO-BROKEN', () => other.open('payload A', sealed));
    for (let byte = 0; byte < sealed.length; byte += 1) {
      const changed = Buffer.from(sealed);
      changed[byte] = (changed[byte] ?? 0) ^ 0x80;
      expectFault('STO-BROKEN', () => cipher.open('payload A', changed));
      expectFault('STO-BROKEN', () => cipher.open('payload A', sealed.subarray(0, byte)));
    }
  });

  it('makes the same digest of the same value under one key only', () => {
    using cipher = DataCipher.from(dataKey());
    using other = DataCipher.from(dataKey(8));
    expect(cipher.lookup('a').equals(cipher.lookup('a'))).toBe(true);
    expect(cipher.lookup('a').equals(cipher.lookup('b'))).toBe(false);
    expect(cipher.lookup('a').equals(other.lookup('a'))).toBe(false);
  });

  it('leaves the data key to its owner and ends with its disposal', () => {
    const key = dataKey();
    const cipher = DataCipher.from(key);
    cipher[Symbol.dispose]();
    expect(key.use((bytes) => bytes[0])).toBe(7);
    expect(() => cipher.seal('payload A', text)).toThrow(/wiped/);
  });
});
