import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';

it('the sources pass the lint rules of .oxlintrc.json, with types', () => {
  const root = packageRoot();
  const { stdout, stderr, status } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--format', 'unix'], { cwd: root, encoding: 'utf8', timeout: 170_000 });
  expect(`${stdout}${stderr}`.split('\n').filter((line) => /: .*\[(Error|Warning)/.test(line))).toEqual([]);
  expect(status).toBe(0);
}, 180_000);
