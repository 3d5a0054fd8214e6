import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { status, success, type PivCommand } from './context.ts';
import { factoryMemory } from './memory.ts';
import { forgetPin } from './reference-data.ts';

const mostTries = 15;

/** SET PIN RETRIES (cards.md 2.4): wants 9B and the PIN, and puts PIN and PUK back to their factory values. */
export const setRetries: PivCommand = {
  instruction: extensionInstruction.setRetries,
  contactless: false,
  refusal({ volatile }) {
    return volatile.managementAuthenticated && volatile.pinVerified ? null : statusWord.securityNotSatisfied;
  },
  perform(context, { p1, p2 }) {
    if (p1 < 1 || p1 > mostTries || p2 < 1 || p2 > mostTries) return status(statusWord.wrongParameters);
    const { abilities, memory } = context;
    const fresh = factoryMemory({ ...abilities, pinTries: p1, pukTries: p2 }, memory.serial);
    memory.pin = fresh.pin;
    memory.puk = fresh.puk;
    forgetPin(context);
    context.save();
    return success();
  },
};
