import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { recoveryPage } from './recovery-page.ts';

test('docs/recovery.md is the restart table and the tables of evidence as they stand in code', () => {
  expect(readFileSync(join(packageRoot(), 'docs', 'recovery.md'), 'utf8')).toBe(recoveryPage());
});
