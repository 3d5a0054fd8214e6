import { parseSingle, parseTlvs } from '../../../drivers/codec/ber-tlv.ts';
import { keyReference } from '../../../drivers/codec/piv-algorithms.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { status, type PivCommand } from './context.ts';
import { isKeySlot, keyRefusal, useKey } from './key-operation.ts';
import { authenticateManagement } from './management-authentication.ts';

/** GENERAL AUTHENTICATE (SP 800-73-5 part 2, 3.2.4): the management key, or a key of a slot. */
export const generalAuthenticate: PivCommand = {
  instruction: pivInstruction.generalAuthenticate,
  contactless: true,
  refusal(context, { p2 }) {
    if (p2 === keyReference.management) return context.reach === 'contact' ? null : statusWord.functionNotSupported;
    return isKeySlot(p2) ? keyRefusal(context, p2) : null;
  },
  perform(context, { p1, p2, data }) {
    const template = parseSingle(data, 0x7c);
    const fields = template === null ? null : parseTlvs(template);
    if (fields === null || fields.length === 0) return status(statusWord.wrongData);
    if (p2 === keyReference.management) return authenticateManagement(context, p1, fields);
    return isKeySlot(p2) ? useKey(context, p1, p2, fields) : status(statusWord.wrongParameters);
  },
};
