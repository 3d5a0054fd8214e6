import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../../drivers/codec/apdu.ts';
import { parseValueCommand, parseValueCopy, valueCommand, valueCopyCommand, type ValueChange, type ValueDialect } from '../../../../drivers/codec/mifare-value-apdu.ts';

const DIALECTS: readonly ValueDialect[] = ['pcsc', 'acs', 'omnikey', 'identiv', 'scm'];

/** Examples printed in the makers' manuals: CLOUD 47x0 F 6.2.9, uTrust 3720F 6.2.8, SCL3711 6.2.5, ACR122U 5.5.1; OMNIKEY from cards.md 1.3. */
const PRINTED: readonly (readonly [ValueDialect, ValueChange, string])[] = [
  ['pcsc', { operation: 'increment', block: 5, amount: 100 }, 'FFC200030BA00980010581 0464000000'],
  ['identiv', { operation: 'decrement', block: 4, amount: 1 }, 'FFF0000406C00401000000'],
  ['scm', { operation: 'increment', block: 0x1e, amount: 1 }, 'FFF0001E06C01E01000000'],
  ['acs', { operation: 'increment', block: 5, amount: 1 }, 'FFD70005050100000001'],
  ['omnikey', { operation: 'increment', block: 5, amount: 258 }, 'FFD400050402010000'],
  ['omnikey', { operation: 'decrement', block: 5, amount: 258 }, 'FFD800050402010000'],
];

const parsed = (command: Uint8Array) => {
  const apdu = parseCommand(command);
  if (apdu === null) throw new Error('not a command');
  return apdu;
};

describe('changing a value', () => {
  it.each(PRINTED)('as %s says it: %o', (dialect, change, hex) => {
    const command = valueCommand(dialect, change);
    expect(Buffer.from(command).toString('hex').toUpperCase()).toBe(hex.replace(' ', ''));
    expect(parseValueCommand(dialect, parsed(command))).toEqual(change);
  });

  it('means the same to the reader of its dialect, and the opposite or nothing to the others', () => {
    const changes = fc.record({ operation: fc.constantFrom('increment' as const, 'decrement' as const), block: fc.integer({ min: 1, max: 254 }), amount: fc.integer({ min: 1, max: 0x7fff_ffff }) });
    fc.assert(fc.property(fc.constantFrom(...DIALECTS), changes, (dialect, change) => {
      const apdu = parsed(valueCommand(dialect, change));
      for (const other of DIALECTS) {
        const understood = parseValueCommand(other, apdu);
        if (other === dialect) expect(understood).toEqual(change);
        else if ([dialect, other].every((name) => name === 'identiv' || name === 'scm')) expect(understood).toEqual({ ...change, operation: change.operation === 'increment' ? 'decrement' : 'increment' });
        else expect(understood).toBeNull();
      }
    }));
  });

  it('is copied by the one command that a maker has printed (ACR122T API 5.5.3), and by no other', () => {
    const command = valueCopyCommand('acs', { from: 5, to: 6 });
    expect(Buffer.from(command ?? []).toString('hex').toUpperCase()).toBe('FFD70005020306');
    expect(parseValueCopy('acs', parsed(command ?? new Uint8Array()))).toEqual({ from: 5, to: 6 });
    expect(parseValueCommand('acs', parsed(command ?? new Uint8Array()))).toBeNull();
    for (const dialect of DIALECTS.filter((name) => name !== 'acs')) {
      expect(valueCopyCommand(dialect, { from: 5, to: 6 })).toBeNull();
      expect(parseValueCopy(dialect, parsed(command ?? new Uint8Array()))).toBeNull();
    }
    expect(() => valueCopyCommand('acs', { from: 5, to: 256 })).toThrow(RangeError);
  });

  it.each([0, -1, 1.5, 0x8000_0000])('by %d is refused', (amount) => {
    expect(() => valueCommand('acs', { operation: 'increment', block: 5, amount })).toThrow(RangeError);
  });
});
