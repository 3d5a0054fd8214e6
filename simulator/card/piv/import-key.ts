import { childValue, parseTlvs, type Tlv } from '../../../drivers/codec/ber-tlv.ts';
import { keyAlgorithmOf, type PivKeyAlgorithm } from '../../../drivers/codec/piv-algorithms.ts';
import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { importPrimes, importScalar, isCurve } from './card-key.ts';
import { administrator, status, success, type PivCommand } from './context.ts';
import { isKeySlot } from './key-operation.ts';
import { wishedPinPolicy } from './key-policy.ts';
import { slotName, type PinPolicy, type StoredKey } from './memory.ts';

/** IMPORT ASYMMETRIC KEY (cards.md 2.4): 01 and 02 the primes of RSA, or 06 the private number of a curve key. */
export const importKey: PivCommand = {
  instruction: extensionInstruction.importKey,
  contactless: false,
  refusal: administrator,
  perform(context, { p1, p2, data }) {
    const algorithm = keyAlgorithmOf(p1);
    if (algorithm === null || !context.abilities.keyAlgorithms.includes(algorithm) || !isKeySlot(p2)) return status(statusWord.wrongParameters);
    const fields = parseTlvs(data);
    const policy = fields === null ? null : wishedPinPolicy(context, p2, fields);
    const key = fields === null || policy === null ? null : keyFrom(fields, algorithm, policy);
    if (key === null) return status(statusWord.wrongData);
    context.memory.keys[slotName(p2)] = key;
    context.save();
    return success();
  },
};

function keyFrom(fields: readonly Tlv[], algorithm: PivKeyAlgorithm, policy: PinPolicy): StoredKey | null {
  if (isCurve(algorithm)) {
    const scalar = childValue(fields, 0x06);
    return scalar === null ? null : importScalar(algorithm, scalar, policy);
  }
  const [p, q] = [childValue(fields, 0x01), childValue(fields, 0x02)];
  return p === null || q === null ? null : importPrimes(algorithm, p, q, policy);
}
