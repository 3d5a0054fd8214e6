import { z } from 'zod';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { DeskCall, StationDesk } from '../station/station-desk.ts';

const id = z.string().min(1).max(80);
const name = z.string().trim().min(1).max(80);
const count = z.int().min(1).max(1_000_000);
const path = z.string().startsWith('/').max(4096);
const uidHex = z.string().regex(/^([0-9A-Fa-f]{2}){4,10}$/);
const nothing = z.strictObject({});

const filter = z.strictObject({
  orderIds: z.array(id).max(100_000).optional(),
  express: z.boolean().optional(),
  dueBefore: z.number().optional(),
  company: z.string().min(1).optional(),
  postalCode: z.string().min(1).optional(),
  technology: z.string().min(1).optional(),
  limit: count.optional(),
});

/** What each call of the desk takes, checked at the door: the one place where requests of others come in. */
export const deskRequests = {
  status: nothing,
  bench: nothing,
  metrics: nothing,
  submitOrders: z.strictObject({ paths: z.array(path).min(1).max(1000) }),
  listOrders: z.strictObject({ states: z.array(z.string().max(20)).max(20).optional(), limit: count.optional() }),
  showOrder: z.strictObject({ orderId: id }),
  withdrawOrder: z.strictObject({ orderId: id, by: name }),
  advanceOrders: z.strictObject({ orderIds: z.array(id).min(1).max(10_000), event: z.enum(['pack', 'ship', 'offer-pickup', 'close', 'requeue']) }),
  holds: nothing,
  answerHold: z.strictObject({ orderId: id, answer: z.string().min(1).max(40), by: name }),
  createBatch: z.strictObject({ batchId: id.optional(), filter }),
  listBatches: nothing,
  showBatch: z.strictObject({ batchId: id }),
  changeBatch: z.strictObject({ batchId: id, event: z.enum(['freeze', 'start', 'pause', 'resume', 'stop', 'cancel']) }),
  closeBatch: z.strictObject({ batchId: id, signature: z.strictObject({ by: name, reason: name }).nullable() }),
  goOn: nothing,
  lots: nothing,
  registerLot: z.strictObject({ lot: id, product: name, count, uids: z.array(uidHex).max(100_000), by: name }),
  moveBlanks: z.strictObject({ lot: id, kind: z.enum(['issued', 'returned', 'tested', 'scrapped']), count, batchId: id.nullable(), by: name, uids: z.array(uidHex).max(100_000).optional() }),
  showBlank: z.strictObject({ uid: uidHex }),
  shift: nothing,
  closeShift: z.strictObject({ counted: z.array(z.strictObject({ lot: id, count: z.int().min(0).max(1_000_000) })).max(1_000), by: name, reason: name.nullable() }),
  backup: z.strictObject({ to: path }),
} satisfies { readonly [Call in DeskCall]: z.ZodType<Parameters<StationDesk[Call]>[0]> };

/** Whether a text is a call of the desk. */
export function isDeskCall(text: string): text is DeskCall {
  return Object.hasOwn(deskRequests, text);
}

/** Checks a request and asks the desk. Throws `CLI-USAGE` naming the field for a request of the wrong form, and what the desk throws. */
export async function askDesk(desk: StationDesk, call: DeskCall, input: unknown): Promise<unknown> {
  const parsed = deskRequests[call].safeParse(input);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new StationFault('CLI-USAGE', { field: first?.path.join('.') ?? '', note: parsed.error.issues.map(({ path: where, message }) => `${where.join('.')}: ${message}`).join('; ') });
  }
  const ask = desk[call].bind(desk) as (value: unknown) => Promise<unknown>;
  return ask(parsed.data);
}
