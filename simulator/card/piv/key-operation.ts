import { childValue, encodeNested, encodeTlv, type Tlv } from '../../../drivers/codec/ber-tlv.ts';
import { keyAlgorithmOf, keyReference } from '../../../drivers/codec/piv-algorithms.ts';
import { authenticationTag } from '../../../drivers/codec/piv-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { agreeWith, signWith } from './card-key.ts';
import { status, success, type Answer, type PivContext } from './context.ts';
import { slotName, type PinPolicy, type StoredKey } from './memory.ts';

/** GENERAL AUTHENTICATE with an asymmetric key: a signature over a challenge, or a key agreement (SP 800-73-5 part 2, 3.2.4, A.4, A.5). */
export function useKey(context: PivContext, algorithmId: number, reference: number, fields: readonly Tlv[]): Answer {
  const key = context.memory.keys[slotName(reference)];
  if (key === undefined) return status(context.abilities.missingKeySw);
  if (keyAlgorithmOf(algorithmId) !== key.algorithm) return status(statusWord.wrongParameters);
  if (childValue(fields, authenticationTag.response)?.length !== 0) return status(statusWord.wrongData);
  const result = resultOf(key, fields);
  if (result === null) return status(statusWord.wrongData);
  if (policyOf(context, reference) === 'always') context.volatile.pinFresh = false;
  return success(encodeNested(0x7c, encodeTlv(authenticationTag.response, result)));
}

/** What stands between the caller and a key: 6982, or null. Over the contactless interface only 9E answers. */
export function keyRefusal(context: PivContext, reference: number): number | null {
  if (context.reach === 'contactless' && reference !== keyReference.cardAuthentication) return statusWord.securityNotSatisfied;
  switch (policyOf(context, reference)) {
    case 'never':
      return null;
    case 'once':
      return context.volatile.pinVerified ? null : statusWord.securityNotSatisfied;
    case 'always':
      return context.volatile.pinFresh ? null : statusWord.securityNotSatisfied;
  }
}

/** The rule of a slot by the standard: 9E never, 9C every time, the others once (SP 800-73-5 part 1, table 4b). */
export function slotPolicy(context: PivContext, reference: number): PinPolicy {
  if (reference === keyReference.cardAuthentication) return 'never';
  return reference === keyReference.signature && context.abilities.signaturePinEveryTime ? 'always' : 'once';
}

export function isKeySlot(reference: number): boolean {
  const { authentication, signature, keyManagement, cardAuthentication, firstRetired, lastRetired } = keyReference;
  return [authentication, signature, keyManagement, cardAuthentication].some((slot) => slot === reference) || (reference >= firstRetired && reference <= lastRetired);
}

function policyOf(context: PivContext, reference: number): PinPolicy {
  return context.memory.keys[slotName(reference)]?.pinPolicy ?? slotPolicy(context, reference);
}

function resultOf(key: StoredKey, fields: readonly Tlv[]): Uint8Array | null {
  const challenge = childValue(fields, authenticationTag.challenge);
  if (challenge !== null) return signWith(key, challenge);
  const point = childValue(fields, authenticationTag.exponentiation);
  return point === null ? null : agreeWith(key, point);
}
