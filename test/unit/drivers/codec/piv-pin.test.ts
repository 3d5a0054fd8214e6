import { describe, expect, it } from 'vitest';
import { isPaddedPin, padPin } from '../../../../drivers/codec/piv-pin.ts';
import { bytes, hex } from '../../../support/piv/transcript.ts';

describe('padPin', () => {
  it.each([['123456', '313233343536FFFF'], ['1234567', '31323334353637FF'], ['12345678', '3132333435363738']])('pads %s', (digits, padded) => {
    expect(hex(padPin(Buffer.from(digits)) ?? new Uint8Array())).toBe(padded);
    expect(isPaddedPin(bytes(padded))).toBe(true);
  });

  it.each(['12345', '123456789', '12345a', '', '１２３４５６'])('refuses %s', (digits) => {
    expect(padPin(Buffer.from(digits))).toBeNull();
  });

  it.each(['3132333435FFFFFF', '31323334353637', '3132333435363700', '313233343536FF37', 'FFFFFFFFFFFFFFFF'])('%s is no padded PIN', (text) => {
    expect(isPaddedPin(bytes(text))).toBe(false);
  });
});
