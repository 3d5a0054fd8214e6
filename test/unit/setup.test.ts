import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';

/** `setup.sh` in an empty project, on a computer whose programs are scripts in one folder. It never installs anything here. */
describe('setup.sh', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kortverk-setup-'));
    cpSync(join(packageRoot(), 'setup.sh'), join(folder, 'setup.sh'));
    mkdirSync(join(folder, 'bin'));
    for (const name of ['sh', 'dirname', 'cut', 'cat', 'pwd', 'flock', 'sha256sum', 'readlink']) {
      symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(folder, 'bin', name));
    }
  });
  afterEach(() => { rmSync(folder, { recursive: true }); });

  const program = (name: string, script: string): void => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  const withNode = (): void => {
    symlinkSync(process.execPath, join(folder, 'bin', 'node'));
    program('npm', 'exit 1');
  };
  const run = (): { readonly status: number | null; readonly stderr: string } =>
    spawnSync('/bin/sh', [join(folder, 'setup.sh')], { encoding: 'utf8', env: { PATH: join(folder, 'bin') } });

  it('tells how to get Node when there is none', () => {
    const { status, stderr } = run();
    expect(status).toBe(2);
    expect(stderr).toMatch(/^setup: Node\.js 20\.19 or newer .* https:\/\/nodejs\.org/);
  });

  it('tells how to get Node when it is too old', () => {
    program('node', '[ "$1" = --version ] && echo v18.20.4; exit 1');
    program('npm', 'exit 0');
    const { status, stderr } = run();
    expect(status).toBe(2);
    expect(stderr).toContain('this is v18.20.4');
  });

  it('prints the one line to type when packages are missing and nobody may install them', () => {
    withNode();
    program('dpkg-query', 'case "$*" in *redis-server*) exit 1;; *pcscd*) printf "rc ";; *) printf "ii ";; esac');
    program('id', 'echo 1000');
    const { status, stderr } = run();
    expect(status).toBe(2);
    expect(stderr).toContain('these Debian packages are missing: redis-server pcscd \n');
    expect(stderr).toContain(`  su -c 'sh ${folder}/setup.sh install-packages'\n`);
  });

  it('offers sudo where a password is asked for', () => {
    withNode();
    program('dpkg-query', 'exit 1');
    program('id', 'echo 1000');
    program('sudo', 'exit 1');
    const { status, stderr } = run();
    expect(status).toBe(2);
    expect(stderr).toContain(`  sudo sh ${folder}/setup.sh install-packages\n`);
  });

  it('says so when it is asked to install without the right', () => {
    program('id', 'echo 1000');
    const { status, stderr } = spawnSync('/bin/sh', [join(folder, 'setup.sh'), 'install-packages'], { encoding: 'utf8', env: { PATH: join(folder, 'bin') } });
    expect(status).toBe(2);
    expect(stderr).toBe('setup: install-packages must run as root\n');
  });

  it('says when npm fails', () => {
    withNode();
    writeFileSync(join(folder, 'package-lock.json'), '{"packages":{}}');
    program('dpkg-query', 'printf "ii "');
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('npm install failed');
  });
});
