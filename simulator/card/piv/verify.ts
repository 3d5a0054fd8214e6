import { keyReference } from '../../../drivers/codec/piv-algorithms.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { isPaddedPin } from '../../../drivers/codec/piv-pin.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { anyone, status, success, type Answer, type PivCommand, type PivContext } from './context.ts';
import { compare, forgetPin, triesStatus } from './reference-data.ts';

/** VERIFY (SP 800-73-5 part 2, 3.2.1): the PIN, its tries, or the forgetting of it. */
export const verify: PivCommand = {
  instruction: pivInstruction.verify,
  contactless: false,
  refusal: anyone,
  perform(context, { p1, p2, data }) {
    if (p2 !== keyReference.pin) return status(statusWord.referenceDataNotFound);
    if (p1 === 0xff && data.length === 0) {
      forgetPin(context);
      return success();
    }
    if (p1 !== 0x00) return status(statusWord.wrongParameters);
    if (data.length === 0) return status(context.volatile.pinVerified ? statusWord.ok : triesStatus(context.memory.pin));
    return verifyPin(context, data);
  },
};

function verifyPin(context: PivContext, data: Uint8Array): Answer {
  if (!isPaddedPin(data)) return status(statusWord.wrongData);
  forgetPin(context);
  const outcome = compare(context, context.memory.pin, data);
  if (outcome === statusWord.ok) {
    context.volatile.pinVerified = true;
    context.volatile.pinFresh = true;
  }
  return status(outcome);
}
