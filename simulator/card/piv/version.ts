import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { anyone, success, type PivCommand } from './context.ts';

/** GET VERSION (cards.md 2.4): three bytes. */
export const version: PivCommand = {
  instruction: extensionInstruction.version,
  contactless: true,
  refusal: anyone,
  perform({ abilities }) {
    return success(Uint8Array.from(abilities.version));
  },
};
