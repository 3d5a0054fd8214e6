import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import { orderJsonSchema } from '../../../../queue/order/order-json-schema.ts';

const documented: unknown = JSON.parse(readFileSync(join(packageRoot(), 'docs/order.schema.json'), 'utf8'));

describe('docs/order.schema.json', () => {
  it('is what the schema generates (npx tsx test/support/orders/write-order-docs.ts makes it anew)', () => {
    expect(documented).toEqual(JSON.parse(JSON.stringify(orderJsonSchema())));
  });

  it('refuses unknown fields and says what must be there', () => {
    expect(documented).toMatchObject({ additionalProperties: false, required: ['orderId', 'orderedAt', 'orderer', 'company', 'holder', 'card', 'approvals', 'delivery', 'photo'] });
  });
});
