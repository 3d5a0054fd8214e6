import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { anyone, status, success, type PivCommand } from './context.ts';
import { factoryMemory, overwrite } from './memory.ts';
import { forgetPin } from './reference-data.ts';

/** RESET (cards.md 2.4): back to the factory state, only when PIN and PUK are both blocked. */
export const reset: PivCommand = {
  instruction: extensionInstruction.reset,
  contactless: false,
  refusal: anyone,
  perform(context) {
    const { memory, abilities, volatile } = context;
    if (memory.pin.triesLeft > 0 || memory.puk.triesLeft > 0) return status(statusWord.conditionsNotSatisfied);
    overwrite(memory, factoryMemory(abilities, memory.serial));
    forgetPin(context);
    volatile.managementAuthenticated = false;
    context.save();
    return success();
  },
};
