import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvColumns } from '../../../daemon/intake/csv-columns.ts';
import { packageRoot } from '../../../drivers/contracts/package-root.ts';
import { orderJsonSchema } from '../../../queue/order/order-json-schema.ts';
import { csvPage } from './csv-page.ts';

/** Writes `docs/order.schema.json` and `docs/order-csv.md` from the code: `npx tsx test/support/orders/write-order-docs.ts`. */
const docs = join(packageRoot(), 'docs');
await writeFile(join(docs, 'order.schema.json'), `${JSON.stringify(orderJsonSchema(), null, 2)}\n`);
await writeFile(join(docs, 'order-csv.md'), csvPage(csvColumns));
