import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MasterKey } from '../../drivers/keys/master-keys.ts';
import { createSimulatedToken } from '../../drivers/keys/softhsm-token.ts';
import { startProgram } from '../support/child-program.ts';

let folder: string;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kv-keys-'));
  token = join(folder, 'token');
  const { pin } = await createSimulatedToken({ dir: token, keys: [{ label: 'sector', use: 'derive', versions: [1] }, { label: 'station-seal', use: 'seal', versions: [1] }] });
  pin.wipe();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs `kortverk keys …` with `--json` in a process of its own. */
async function keys(...args: readonly string[]): Promise<{ readonly code: number | null; readonly result: unknown; readonly output: string }> {
  await using program = startProgram('daemon/cli/kortverk', ['keys', ...args, '--json'], { wrapper: ['sh', '-c', 'exec "$@" 2>&1', 'sh'] });
  const code = await program.ended();
  const output = program.lines.join('\n');
  return { code, result: code === 0 ? JSON.parse(output) : null, output };
}

const onToken = (...args: readonly string[]) => keys(...args, '--simulated', token);

describe('kortverk keys', () => {
  it('lists what the token holds, with check values and without keys', async () => {
    const { code, result } = await onToken('list');
    expect(code).toBe(0);
    expect(result).toEqual({
      keys: [
        { label: 'sector', version: 1, use: 'derive', checkValue: expect.stringMatching(/^[0-9A-F]{6}$/) },
        { label: 'station-seal', version: 1, use: 'seal', checkValue: expect.stringMatching(/^[0-9A-F]{6}$/) },
      ],
    });
  });

  it('holds a ceremony: components, key, next version, destruction', async () => {
    const files = ['alice', 'bo', 'carin'].map((holder) => join(folder, holder));
    for (const file of files) {
      expect((await keys('component', '--out', file)).code).toBe(0);
      expect((await stat(file)).mode & 0o077).toBe(0);
    }
    const made = await onToken('assemble', 'company', '--component', ...files);
    expect(made.code).toBe(0);
    const first = made.result as MasterKey;
    expect(first).toMatchObject({ label: 'company', version: 1, use: 'derive' });
    const again = await onToken('assemble', 'company', '--version', '2', '--component', ...files.toReversed());
    expect(again.result).toMatchObject({ version: 2, checkValue: first.checkValue });
    const rolled = (await onToken('roll', 'company')).result as MasterKey;
    expect(rolled.version).toBe(3);
    expect(rolled.checkValue).not.toBe(first.checkValue);
    expect((await onToken('destroy', 'company', '--version', '3', '--check-value', first.checkValue)).code).toBe(1);
    expect((await onToken('destroy', 'company', '--version', '3', '--check-value', rolled.checkValue)).code).toBe(0);
    const left = (await onToken('list')).result as { readonly keys: readonly MasterKey[] };
    expect(left.keys.filter(({ label }) => label === 'company').map(({ version }) => version)).toEqual([1, 2]);
  });

  it('says which holder made a slip, and never repeats a component', async () => {
    const file = join(folder, 'dag');
    await keys('component', '--out', file);
    const paper = await readFile(file, 'utf8');
    const changed = join(folder, 'dag-changed');
    await writeFile(changed, paper.replace(/^./, (digit) => (digit === '0' ? '1' : '0')));
    const { code, output } = await onToken('assemble', 'slip', '--component', join(folder, 'alice'), changed);
    expect(code).toBe(1);
    expect(output).toContain('KEY-COMPONENT: The key component of holder 2 cannot be used.');
    expect(output).not.toContain(paper.slice(5, 24));
    expect((await keys('component', '--out', file)).code, 'an existing file is not overwritten').toBe(2);
    expect(await readFile(file, 'utf8')).toBe(paper);
  });

  it.each([
    [['generate', 'sector'], 1, 'KEY-TOKEN'],
    [['generate', 'x', '--use', 'encrypt'], 2, 'CLI-USAGE'],
    [['generate', 'x', '--version', '0'], 2, 'CLI-USAGE'],
    [['assemble', 'x', '--component', '/nonexistent', '/nonexistent'], 1, 'FIL-UNREADABLE'],
    [['roll', 'nobody'], 1, 'KEY-UNAVAILABLE'],
    [['destroy', 'sector'], 2, 'CLI-USAGE'],
  ] as const)('refuses %j', async (args, expected, fault) => {
    const { code, output } = await onToken(...args);
    expect([code, output.includes(fault)]).toEqual([expected, true]);
  });

  it('keeps the roles apart: keys change with the officer only, whose PIN file is nobody else’s', async () => {
    const withPin = (file: string) => onToken('generate', 'y', '--officer-pin-file', file);
    const shared = join(folder, 'shared.pin');
    await writeFile(shared, await readFile(join(token, 'officer.pin')), { mode: 0o644 });
    for (const file of [join(token, 'user.pin'), shared, join(folder, 'nowhere.pin')]) {
      const { code, output } = await withPin(file);
      expect([file, code, output.includes('KEY-ROLE')]).toEqual([file, 1, true]);
    }
    expect((await withPin(join(token, 'officer.pin'))).code).toBe(0);
  });

  it('lets the officer give the user a new PIN', async () => {
    const file = join(folder, 'new-user.pin');
    await writeFile(file, 'another-pin\n', { mode: 0o600 });
    expect((await onToken('reset-pin', '--new-pin-file', file)).result).toEqual({ changed: 'user' });
    expect((await onToken('list')).code, 'the old PIN is no good any more').toBe(1);
    await writeFile(join(token, 'user.pin'), 'another-pin', { mode: 0o600 });
    expect((await onToken('list')).code).toBe(0);
    expect((await onToken('change-pin', '--role', 'nobody', '--new-pin-file', file)).code).toBe(2);
  });

  it('finds no token where none is', async () => {
    const { code, output } = await keys('list', '--simulated', join(folder, 'nowhere'));
    expect([code, output.includes('KEY-UNAVAILABLE')]).toEqual([1, true]);
    expect((await keys('list', '--config', join(folder, 'nowhere.json'))).code).toBe(2);
  });
});
