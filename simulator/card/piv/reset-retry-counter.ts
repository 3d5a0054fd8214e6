import { keyReference } from '../../../drivers/codec/piv-algorithms.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { isPaddedPin } from '../../../drivers/codec/piv-pin.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { anyone, status, success, type PivCommand } from './context.ts';
import { compare, renew } from './reference-data.ts';

const halfBytes = 8;

/** RESET RETRY COUNTER (SP 800-73-5 part 2, 3.2.3): a new PIN for the PUK; whether the PIN counts as verified stays as it was. */
export const resetRetryCounter: PivCommand = {
  instruction: pivInstruction.resetRetryCounter,
  contactless: false,
  refusal: anyone,
  perform(context, { p1, p2, data }) {
    if (p2 !== keyReference.pin) return status(statusWord.referenceDataNotFound);
    if (p1 !== 0x00) return status(statusWord.wrongParameters);
    const newPin = data.subarray(halfBytes);
    if (data.length !== 2 * halfBytes || !isPaddedPin(newPin)) return status(statusWord.wrongData);
    const outcome = compare(context, context.memory.puk, data.subarray(0, halfBytes));
    if (outcome !== statusWord.ok) return status(outcome);
    renew(context, context.memory.pin, newPin);
    return success();
  },
};
