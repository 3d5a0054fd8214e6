import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { configJsonSchema } from '../../daemon/config/config-json-schema.ts';
import { faultPage } from '../architecture/fault-page.ts';
import { recoveryPage } from '../architecture/recovery-page.ts';

/** Writes the pages of `docs/` that are made from code. */
const pages = { 'faults.md': faultPage, 'recovery.md': recoveryPage, 'station.schema.json': () => `${JSON.stringify(configJsonSchema(), null, 2)}\n` };
for (const [name, page] of Object.entries(pages)) {
  const path = join(packageRoot(), 'docs', name);
  writeFileSync(path, page());
  process.stdout.write(`wrote ${path}\n`);
}
