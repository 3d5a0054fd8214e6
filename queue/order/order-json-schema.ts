import { z } from 'zod';
import { orderFileSchema } from './order-schema.ts';

/** JSON Schema (draft 2020-12) of an order file, generated from the zod schema; `docs/order.schema.json` is a copy of it. */
export function orderJsonSchema(): unknown {
  return {
    title: 'Kortverk order',
    description: "One person's ID06 card at one company, as an order file says it.",
    ...z.toJSONSchema(orderFileSchema, { io: 'input', target: 'draft-2020-12' }),
  };
}
