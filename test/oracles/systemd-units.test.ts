import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const units = join(packageRoot(), 'samples', 'systemd');
/** Percent of exposure that `systemd-analyze security` may find; 100 is a service without any hardening. */
const mostExposure = '30';

/** The units as this computer can check them: programs of an installed station that it has elsewhere, or not at all, are replaced by one that it has. */
async function layOut(folder: string): Promise<readonly string[]> {
  const names = (await readdir(units)).filter((name) => /\.(service|timer)$/.test(name));
  for (const name of names) {
    const text = await readFile(join(units, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll(/\/usr\/bin\/(node|redis-server)/g, '/bin/true'));
  }
  return names.map((name) => join(folder, name));
}

describe('systemd-analyze', () => {
  let folder: TemporaryFolder;
  let paths: readonly string[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder('units');
    paths = await layOut(folder.path);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('finds nothing wrong with any unit', async () => {
    expect(paths.length).toBe(4);
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', ...paths]);
    expect(`${stdout}${stderr}`).toBe('');
  });

  test('finds a unit with a setting that does not exist, so that silence means something', async () => {
    const broken = join(folder.path, 'broken.service');
    await writeFile(broken, '[Service]\nExecStart=/bin/true\nNoSuchSetting=yes\n');
    const answer = await run('systemd-analyze', ['verify', '--man=no', broken]).catch((error: unknown) => error as { stderr: string });
    expect(answer.stderr).toContain('NoSuchSetting');
  });

  test.each(['kortverk.service', 'kortverk-redis.service'])('finds %s little exposed', async (name) => {
    const { stdout } = await run('systemd-analyze', ['security', '--offline=true', `--threshold=${mostExposure}`, '--no-pager', join(folder.path, name)]);
    expect(stdout).toMatch(/Overall exposure level for \S+: [0-2]\.\d OK/);
  });

  test('is not needed to see what the daemon is bound to, and that a configuration fault ends it for good', async () => {
    const text = await readFile(join(units, 'kortverk.service'), 'utf8');
    expect(text).toMatch(/^BindsTo=kortverk-redis\.service$/m);
    expect(text).toMatch(/^RestartPreventExitStatus=2$/m);
    expect(text).toMatch(/^User=kortverk$/m);
  });
});
