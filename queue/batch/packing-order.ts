import type { Order } from '../order/order-schema.ts';

/** What decides an order's place in a batch. */
export interface PackingItem {
  readonly orderId: string;
  readonly express: boolean;
  /** Milliseconds since 1970 UTC; null while the clock has not started. */
  readonly dueAt: number | null;
  /** Address lines from the widest to the narrowest: country, postal code, city, street, recipient. */
  readonly address: readonly string[];
  readonly company: string;
  readonly lastName: string;
  readonly firstName: string;
}

/** Swedish order (å, ä, ö last), where upper and lower case are one and numbers count as numbers. */
const swedish = new Intl.Collator('sv', { sensitivity: 'accent', numeric: true });

/** The place-deciding values of an order. */
export function packingItem(order: Pick<Order, 'orderId' | 'delivery' | 'company' | 'holder'>, dueAt: number | null): PackingItem {
  const { mode, address, pickupPoint } = order.delivery;
  return {
    orderId: order.orderId,
    express: mode === 'EXPRESS_PICKUP',
    dueAt,
    address: [address?.countryCode, address?.postalCode?.replaceAll(' ', ''), address?.city, address?.line1, address?.line2, address?.companyName, address?.recipient, pickupPoint].map((line) => line ?? ''),
    company: order.company.registeredName,
    lastName: order.holder.lastName,
    firstName: order.holder.firstName,
  };
}

/**
 * The order in which a batch is made, so that it comes out packed: express first, by due time; then what goes to one
 * address together, in it each company, in it each name. The order id breaks ties, so that it is always the same.
 */
export function packingOrder(items: readonly PackingItem[]): readonly PackingItem[] {
  return items.toSorted((a, b) => compareUrgency(a, b) || compareLines(a.address, b.address) || compareLines(names(a), names(b)) || compareIds(a.orderId, b.orderId));
}

function compareUrgency(a: PackingItem, b: PackingItem): number {
  if (a.express !== b.express) return a.express ? -1 : 1;
  return a.express ? compareDue(a.dueAt, b.dueAt) : 0;
}

/** Without a due time last. */
function compareDue(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : a - b;
}

function compareLines(a: readonly string[], b: readonly string[]): number {
  for (const [index, line] of a.entries()) {
    const other = b[index] ?? '';
    // Most lines of two neighbours are the same, and the collator takes its time to find that out.
    const difference = line === other ? 0 : swedish.compare(line, other);
    if (difference !== 0) return difference;
  }
  return 0;
}

function names(item: PackingItem): readonly string[] {
  return [item.company, item.lastName, item.firstName];
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
