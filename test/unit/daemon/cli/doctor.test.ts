import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdictOf } from '../../../../daemon/cli/doctor.ts';
import { freeDisk, installedProgram, nativeModule, nodeVersion, partChecks, vpcd, writableFolder } from '../../../../daemon/cli/doctor-parts.ts';
import { runProgram } from '../../../../daemon/cli/doctor-probe.ts';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';

describe('the doctor', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kortverk-doctor-')); });
  afterEach(() => { rmSync(folder, { recursive: true }); });

  it.each([
    ['20.19.0', 'ok'], ['20.20.2', 'ok'], ['22.1.0', 'ok'], ['24.0.0', 'ok'], ['20.18.3', 'missing'], ['18.20.4', 'missing'], ['9.99.0', 'missing'],
  ])('judges Node %s as %s', (version, state) => {
    expect(nodeVersion(version).state).toBe(state);
  });

  it('loads native modules, and tells one that does not load', async () => {
    expect(await nativeModule('better-sqlite3')).toEqual({ part: 'npm better-sqlite3', state: 'ok', detail: 'loads' });
    expect(await nativeModule('no-such-module')).toMatchObject({ state: 'missing', detail: expect.stringContaining('no-such-module'), remedy: 'npm rebuild no-such-module' });
  });

  it('tells programs that are not there and programs that fail', async () => {
    expect(await installedProgram('openssl', ['version'])).toMatchObject({ state: 'ok', detail: expect.stringMatching(/^OpenSSL \d/) });
    expect(await installedProgram('no-such-program', [])).toMatchObject({ state: 'missing', detail: 'not installed', remedy: expect.stringContaining('setup.sh') });
    const broken = join(folder, 'broken');
    writeFileSync(broken, '#!/bin/sh\necho "Error: libfoo.so is missing" >&2\nexit 127\n');
    chmodSync(broken, 0o755);
    expect(await installedProgram(broken, [])).toMatchObject({ state: 'missing', detail: 'Error: libfoo.so is missing' });
  });

  it('tells a program that was killed', async () => {
    expect(await runProgram('sh', ['-c', 'kill -9 $$'])).toEqual({ kind: 'killed', text: 'ended by SIGKILL' });
  });

  it('tells a missing driver library', () => {
    expect(vpcd(join(folder, 'libifdvpcd.so'))).toMatchObject({ state: 'missing' });
  });

  it('writes into the data folder and leaves nothing there', async () => {
    expect((await writableFolder(join(folder, 'new'))).state).toBe('ok');
    expect(readdirSync(join(folder, 'new'))).toEqual([]);
  });

  it('tells a data folder that cannot be one', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await writableFolder(join(folder, 'file'))).toMatchObject({ state: 'missing', remedy: expect.stringContaining('chown') });
  });

  it('tells a full disk', async () => {
    mkdirSync(join(folder, 'disk'));
    expect((await freeDisk(folder, 1)).state).toBe('ok');
    expect((await freeDisk(folder, 1e18)).state).toBe('missing');
  });

  it('exits 1 with each remedy once when something is missing', () => {
    const missing = { state: 'missing', detail: 'not installed', remedy: 'sh setup.sh' } as const;
    const { exitCode, lines, json } = verdictOf([{ part: 'node', state: 'ok', detail: '20' }, { part: 'a', ...missing }, { part: 'b', ...missing }]);
    expect(exitCode).toBe(1);
    expect(lines.filter((line) => line.includes('sh setup.sh'))).toEqual(['  sh setup.sh']);
    expect(json).toMatchObject({ ready: false, remedies: ['sh setup.sh'] });
  });

  it('exits 0 when parts are only limited', () => {
    expect(verdictOf([{ part: 'private card service', state: 'limited', detail: '' }]).exitCode).toBe(0);
  });

  it('finds this computer ready, since the tests run on it', async () => {
    const parts = await Promise.all(partChecks.map((check) => check()));
    expect(parts.filter(({ state }) => state === 'missing')).toEqual([]);
    expect(parts.map(({ part }) => part)).toEqual(expect.arrayContaining(['node', 'npm pcsclite', 'redis-server', 'pcscd', 'vpcd', 'SoftHSM', 'openssl', 'disk', 'vpcd ports']));
  });

  it('prints its findings as JSON when asked', () => {
    const printed = execFileSync(process.execPath, ['--import', 'tsx', 'daemon/cli/kortverk.ts', 'doctor', '--json'], { cwd: packageRoot(), encoding: 'utf8' });
    expect(JSON.parse(printed)).toMatchObject({ ready: true, parts: expect.arrayContaining([expect.objectContaining({ part: 'vpcd ports', state: 'note' })]) });
  });
});
