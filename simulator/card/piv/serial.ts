import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { anyone, success, type PivCommand } from './context.ts';

/** GET SERIAL (cards.md 2.4): four bytes, high byte first. */
export const serial: PivCommand = {
  instruction: extensionInstruction.serial,
  contactless: true,
  refusal: anyone,
  perform({ memory }) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(memory.serial);
    return success(new Uint8Array(bytes));
  },
};
