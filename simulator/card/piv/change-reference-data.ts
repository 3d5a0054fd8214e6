import { childValue, parseSingle, parseTlvs } from '../../../drivers/codec/ber-tlv.ts';
import { keyReference, managementAlgorithmOf, managementKeyShape } from '../../../drivers/codec/piv-algorithms.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { isPaddedPin } from '../../../drivers/codec/piv-pin.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { anyone, status, success, type Answer, type PivCommand, type PivContext } from './context.ts';
import { toHex } from './memory.ts';
import { compare, forgetPin, renew } from './reference-data.ts';

const halfBytes = 8;

/** CHANGE REFERENCE DATA (SP 800-73-5 part 2, 3.2.2): a new PIN or PUK for the old one; a new management key on cards that take it so, through their channel. */
export const changeReferenceData: PivCommand = {
  instruction: pivInstruction.changeReferenceData,
  contactless: false,
  refusal: anyone,
  perform(context, { p1, p2, data }) {
    if (p2 === keyReference.management && context.abilities.replacesKeyByReference) return replaceManagementKey(context, p1, data);
    if (p2 !== keyReference.pin && p2 !== keyReference.puk) return status(statusWord.referenceDataNotFound);
    if (p1 !== 0x00) return status(statusWord.wrongParameters);
    if (data.length !== 2 * halfBytes) return status(statusWord.wrongData);
    const isPin = p2 === keyReference.pin;
    const next = data.subarray(halfBytes);
    if (isPin && !isPaddedPin(next)) return status(statusWord.wrongData);
    const reference = isPin ? context.memory.pin : context.memory.puk;
    const outcome = compare(context, reference, data.subarray(0, halfBytes));
    if (outcome !== statusWord.ok) {
      if (isPin) forgetPin(context);
      return status(outcome);
    }
    renew(context, reference, next);
    return success();
  },
};

/** The algorithm in P1, the key as element 80 of a sequence. The security domain lets it through in its channel only. */
function replaceManagementKey({ abilities, memory, save }: PivContext, p1: number, data: Uint8Array): Answer {
  const algorithm = managementAlgorithmOf(p1);
  const key = childValue(parseTlvs(parseSingle(data, 0x30) ?? new Uint8Array()) ?? [], 0x80);
  if (algorithm === null || !abilities.managementAlgorithms.includes(algorithm)) return status(statusWord.wrongParameters);
  if (key?.length !== managementKeyShape[algorithm].keyBytes) return status(statusWord.wrongData);
  memory.management = { algorithm, key: toHex(key), isFactory: false };
  save();
  return success();
}
