import type { FaultCode } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { OrderUnderCheck } from '../order/order-schema.ts';
import type { RuleContext } from './rule-context.ts';

/** Whether the station can judge by itself, or repeats what the order system said (domain facts 4.6). */
export type RuleSource = 'own check' | 'upstream says';

/** One row of the rule table (domain facts 4.5; P rows are photo rules of 4.4). */
export interface OrderRule {
  /** `R05`. */
  readonly id: string;
  readonly source: RuleSource;
  /** The codes it can give. */
  readonly codes: readonly FaultCode[];
  /** Pure. Every finding it has, in the order of the fields. */
  readonly check: (order: OrderUnderCheck, context: RuleContext) => readonly Finding[];
}

/** A rule that order data cannot decide, with the place that enforces it. */
export interface MachineRule {
  readonly id: string;
  readonly source: RuleSource;
  readonly codes: readonly FaultCode[];
  /** Folder or file of the repository. */
  readonly enforcedIn: string;
}

/** A finding with the rule that made it. */
export interface RuleFinding extends Finding {
  readonly rule: string;
  readonly source: RuleSource;
}

/** A finding about one field. */
export function about(code: FaultCode, field: string, note?: string): Finding {
  return { code, field, detail: note === undefined ? { field } : { field, note } };
}

/** The finding when `broken`, else nothing. */
export function when(broken: boolean, code: FaultCode, field: string, note?: string): readonly Finding[] {
  return broken ? [about(code, field, note)] : [];
}
