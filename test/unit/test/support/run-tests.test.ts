import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';

/** Runs the runner as a newcomer would, over tests written for the occasion. */
describe('the test runner', { timeout: 60_000 }, () => {
  let folder: string;
  beforeEach(() => {
    mkdirSync(join(packageRoot(), 'var'), { recursive: true });
    folder = mkdtempSync(join(packageRoot(), 'var', 'runner-'));
  });
  afterEach(() => { rmSync(folder, { recursive: true }); });

  const run = (test: string): { readonly status: number | null; readonly lines: readonly string[] } => {
    writeFileSync(join(folder, 'sample.test.ts'), `import { afterAll, beforeAll, expect, it } from 'vitest';\n${test}`);
    writeFileSync(join(folder, 'vitest.config.ts'), 'export default { test: { dir: import.meta.dirname } };');
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'test/support/run-tests.ts', '--config', join(folder, 'vitest.config.ts')], { cwd: packageRoot(), encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', VITEST: undefined } });
    return { status, lines: stdout.trimEnd().split('\n') };
  };

  it('ends with the one line, tells why a test was skipped, and exits 0', () => {
    const { status, lines } = run("it('a', () => { expect(1).toBe(1); }); it('b', () => { expect(2).toBe(2); }); it('c', (context) => context.skip('no printer here'));");
    expect(lines.at(-1)).toBe('2 passed, 0 failed, 1 skipped');
    expect(lines.at(-2)).toMatch(/^skipped: .*sample\.test\.ts > c: no printer here$/);
    expect(status).toBe(0);
  });

  it('does not take a silent skip', () => {
    const { status, lines } = run("it('a', () => { expect(1).toBe(1); }); it.skip('b', () => {});");
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
    expect(status).toBe(1);
  });

  it('counts tests, hooks and stray rejections that fail', () => {
    const { status, lines } = run(`
      it('a', () => { expect(1).toBe(1); });
      it('b', () => { expect(2).toBe(3); });
      it('c', async () => { void Promise.reject(new Error('stray')); await new Promise((resolve) => setTimeout(resolve, 50)); expect(1).toBe(1); });
      afterAll(() => { throw new Error('left open'); });`);
    expect(lines.at(-1)).toBe('2 passed, 3 failed, 0 skipped');
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^failed outside a test: .*left open$/), 'failed outside a test: unhandled: stray']));
    expect(status).toBe(1);
  });

  it('exits 1 when a module does not load and no test ran', () => {
    const { status, lines } = run("throw new Error('broken');");
    expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
    expect(status).toBe(1);
  });
});
