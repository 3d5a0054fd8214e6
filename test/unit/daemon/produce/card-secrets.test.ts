import { describe, expect, test } from 'vitest';
import { drawCardSecrets, isTrivialPin, packSecrets, unpackSecrets } from '../../../../daemon/produce/card-secrets.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';

const digits = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const text = (secret: Secret): string => secret.use((bytes) => Buffer.from(bytes).toString('latin1'));

describe('card secrets', () => {
  test.each(['000000', '777777', '123456', '987654', '121212', '123123', '010101'])('%s is a trivial PIN', (pin) => {
    expect(isTrivialPin(digits(pin))).toBe(true);
  });

  test.each(['193746', '112358', '135791', '100000'])('%s is not a trivial PIN', (pin) => {
    expect(isTrivialPin(digits(pin))).toBe(false);
  });

  test('are six and eight digits, differ from card to card, and survive packing', () => {
    using one = drawCardSecrets(6);
    using other = drawCardSecrets(6);
    expect(text(one.pin)).toMatch(/^\d{6}$/);
    expect(text(one.puk)).toMatch(/^\d{8}$/);
    expect(text(one.pin) + text(one.puk)).not.toBe(text(other.pin) + text(other.puk));
    using packed = packSecrets(one);
    using again = unpackSecrets(packed);
    expect(again.pin.equals(one.pin)).toBe(true);
    expect(again.puk.equals(one.puk)).toBe(true);
  });

  test('have as many digits as the profile says', () => {
    using secrets = drawCardSecrets(8);
    expect(text(secrets.pin)).toMatch(/^\d{8}$/);
    using packed = packSecrets(secrets);
    using again = unpackSecrets(packed);
    expect(again.pin.equals(secrets.pin)).toBe(true);
  });

  test('refuse a packed form that was cut', () => {
    expect(() => unpackSecrets(Secret.take(Uint8Array.of(6, 1, 2, 3)))).toThrow(/KEY-TOKEN/);
  });

  test('are unreadable after disposal', () => {
    const secrets = drawCardSecrets(6);
    secrets[Symbol.dispose]();
    expect(() => secrets.pin.use((bytes) => bytes.length)).toThrow(/wiped/);
  });
});
