import { childValue, type Tlv } from '../../../drivers/codec/ber-tlv.ts';
import type { PivContext } from './context.ts';
import { slotPolicy } from './key-operation.ts';
import type { PinPolicy } from './memory.ts';

const pinPolicies: readonly (PinPolicy | null)[] = [null, 'never', 'once', 'always'];

/** The PIN rule a caller asks for by field AA, the slot's own when it asks for none, null when the field means nothing (cards.md 2.4). */
export function wishedPinPolicy(context: PivContext, reference: number, fields: readonly Tlv[]): PinPolicy | null {
  const wished = childValue(fields, 0xaa);
  if (wished === null || (wished.length === 1 && wished[0] === 0)) return slotPolicy(context, reference);
  return wished.length === 1 ? (pinPolicies[wished[0] ?? 0] ?? null) : null;
}

/** The rule's number in metadata. */
export function pinPolicyId(policy: PinPolicy): number {
  return pinPolicies.indexOf(policy);
}
