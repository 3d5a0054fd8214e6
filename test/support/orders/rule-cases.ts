import type { Order, OrderUnderCheck } from '../../../queue/order/order-schema.ts';
import type { RuleContext } from '../../../queue/rules/rule-context.ts';
import { changed, exampleOrder, spoilt } from './example-order.ts';
import { exampleContext } from './example-context.ts';

/** One order under one context, and what one rule must say of it: `CODE field`, nothing when it must be content. */
export interface RuleCase {
  readonly name: string;
  readonly order: OrderUnderCheck;
  readonly context: RuleContext;
  readonly findings: readonly string[];
}

type ContextChanges = Parameters<typeof exampleContext>[0];
type Part<K extends keyof Order> = Partial<NonNullable<Order[K]>>;

/** A case of the untouched example. */
export function good(name: string, order: OrderUnderCheck = exampleOrder(), context: ContextChanges = {}): RuleCase {
  return { name, order, context: exampleContext(context), findings: [] };
}

export function bad(name: string, findings: readonly string[], order: OrderUnderCheck, context: ContextChanges = {}): RuleCase {
  return { name, order, context: exampleContext(context), findings };
}

/** The example with one section changed and approved as changed. */
export function section<K extends 'company' | 'holder' | 'card' | 'photo' | 'logo' | 'delivery' | 'orderer'>(key: K, part: Part<K>): Order {
  return changed((order): Partial<Order> => ({ [key]: { ...order[key], ...part } }));
}

/** The example with other approvals. */
export function approvals(part: Part<'approvals'>): OrderUnderCheck {
  return spoilt((order) => ({ approvals: { ...order.approvals, ...part } }));
}
