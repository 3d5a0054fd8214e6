import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { faultPage } from '../architecture/fault-page.ts';

/** Writes the pages of `docs/` that are made from code. */
const path = join(packageRoot(), 'docs', 'faults.md');
writeFileSync(path, faultPage());
process.stdout.write(`wrote ${path}\n`);
