import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { combineComponents, componentCheckValue, formatComponent, newComponent, parseComponent } from '../../../../drivers/keys/ceremony.ts';
import { openKeyAdministration, type KeyAdministration } from '../../../../drivers/keys/key-administration.ts';
import { createSimulatedToken } from '../../../../drivers/keys/softhsm-token.ts';

const secret = (hex: string): Secret => Secret.take(Uint8Array.from(Buffer.from(hex, 'hex')));
const reveal = (value: Secret): string => value.use((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());

describe('components of a key', () => {
  it('have the check value of AES-256: of 32 zero bytes it is DC95C0', () => {
    expect(componentCheckValue(secret('00'.repeat(32)))).toBe('DC95C0');
  });

  it("of a maker's shorter keys have the check value of their own cipher", () => {
    const batch = secret('404142434445464748494A4B4C4D4E4F');
    expect(componentCheckValue(batch)).toBe('189956');
    expect(reveal(parseComponent('4041 4243 4445 4647 4849 4A4B 4C4D 4E4F KCV 189956', 1))).toBe(reveal(batch));
    expect(reveal(combineComponents([batch, secret('FF'.repeat(16))]))).toBe('BFBEBDBCBBBAB9B8B7B6B5B4B3B2B1B0');
    expect(() => combineComponents([batch, newComponent()])).toThrow('KEY-COMPONENT');
    expect(() => parseComponent(`${'00'.repeat(20)} KCV 000000`, 1)).toThrow('KEY-COMPONENT');
  });

  it('are written down and read back', () => {
    const component = secret('00112233445566778899AABBCCDDEEFF'.repeat(2));
    const paper = formatComponent(component);
    expect(paper).toMatch(/^0011 2233 4455 6677 8899 AABB CCDD EEFF( [0-9A-F]{4}){8} KCV [0-9A-F]{6}$/);
    expect(reveal(parseComponent(`\n${paper.toLowerCase().replaceAll(' ', '\n')}\n`, 1))).toBe(reveal(component));
  });

  it('with a slip of the pen are refused, and the slip is not repeated in the fault', () => {
    const paper = formatComponent(newComponent());
    const slips = [paper.replace(/^./, (digit) => (digit === '0' ? '1' : '0')), paper.slice(1), paper.slice(0, 79), paper.replace('KCV', ''), '', paper.replace(/^./, 'G')];
    for (const slip of slips) {
      let message = '';
      try {
        parseComponent(slip, 2);
      } catch (error) {
        message = error instanceof Error ? error.message : '';
      }
      expect(message).toMatch(/^KEY-COMPONENT: The key component of holder 2/);
      expect(message).not.toContain(paper.slice(5, 30));
    }
  });

  it('make a key by xor, of two at least, no two alike', () => {
    const [a, b, c] = [secret('0F'.repeat(32)), secret('F0'.repeat(32)), secret('11'.repeat(32))];
    expect(reveal(combineComponents([a, b, c]))).toBe('EE'.repeat(32));
    expect(() => combineComponents([a])).toThrow('KEY-COMPONENT');
    expect(() => combineComponents([a, b, a.copy()])).toThrow('KEY-COMPONENT');
  });
});

describe('the keepers of a token', () => {
  let dir: string;
  let keepers: KeyAdministration;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kortverk-ceremony-'));
    const token = await createSimulatedToken({ dir, keys: [{ label: 'sector', use: 'derive', versions: [1] }] });
    keepers = await openKeyAdministration({ ...token, officerPin: Secret.take(await readFile(join(dir, 'officer.pin'))) });
  });

  afterAll(async () => {
    await keepers[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  it('assemble a key whose check value in the token is that of the sum', () => {
    const components = [newComponent(), newComponent(), newComponent()];
    const expected = componentCheckValue(combineComponents(components));
    expect(keepers.assemble({ label: 'company', version: 1 }, 'derive', components)).toEqual({ label: 'company', version: 1, use: 'derive', checkValue: expected });
    expect(() => keepers.assemble({ label: 'company', version: 1 }, 'derive', components)).toThrow('KEY-TOKEN');
  });

  it('roll a key to its next version and keep the old one', () => {
    const first = keepers.list().find((key) => key.label === 'sector');
    const rolled = keepers.roll('sector');
    expect(rolled).toMatchObject({ label: 'sector', version: 2, use: 'derive' });
    expect(rolled.checkValue).not.toBe(first?.checkValue);
    expect(keepers.list().filter((key) => key.label === 'sector')).toEqual([first, rolled]);
    expect(() => keepers.roll('nobody')).toThrow('KEY-UNAVAILABLE');
  });

  it('destroy the version on the paper and no other', () => {
    const made = keepers.generate({ label: 'old', version: 7 }, 'seal');
    const other = made.checkValue === '000000' ? '000001' : '000000';
    expect(() => keepers.destroy(made, other)).toThrow('KEY-TOKEN');
    expect(keepers.list()).toContainEqual(made);
    keepers.destroy(made, made.checkValue.toLowerCase());
    expect(keepers.list().map((key) => key.label)).not.toContain('old');
    expect(() => keepers.destroy(made, made.checkValue)).toThrow('KEY-UNAVAILABLE');
    expect(keepers.generate({ label: 'old', version: 7 }, 'seal').checkValue).not.toBe(made.checkValue);
  });
});
