import { childValue, parseSingle, parseTlvs } from '../../../drivers/codec/ber-tlv.ts';
import { keyAlgorithmOf } from '../../../drivers/codec/piv-algorithms.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { encodePublicKeyTemplate } from '../../../drivers/codec/piv-key.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { generateKey, publicKeyOfStored } from './card-key.ts';
import { administrator, status, success, type PivCommand } from './context.ts';
import { isKeySlot } from './key-operation.ts';
import { wishedPinPolicy } from './key-policy.ts';
import { slotName } from './memory.ts';

/** GENERATE ASYMMETRIC KEY PAIR (SP 800-73-5 part 2, 3.3.2): replaces the key of a slot. */
export const generateKeyPair: PivCommand = {
  instruction: pivInstruction.generateKeyPair,
  contactless: false,
  refusal: administrator,
  perform(context, { p1, p2, data }) {
    if (p1 !== 0x00 || !isKeySlot(p2)) return status(statusWord.wrongParameters);
    const template = parseSingle(data, 0xac);
    const fields = template === null ? null : parseTlvs(template);
    const wished = fields === null ? null : childValue(fields, 0x80);
    const algorithm = wished?.length === 1 ? keyAlgorithmOf(wished[0] ?? 0) : null;
    if (fields === null || algorithm === null || !context.abilities.keyAlgorithms.includes(algorithm)) return status(statusWord.wrongData);
    const policy = wishedPinPolicy(context, p2, fields);
    if (policy === null) return status(statusWord.wrongData);
    const key = generateKey(algorithm, policy);
    const publicKey = publicKeyOfStored(key);
    if (publicKey === null) return status(statusWord.unknownError);
    context.memory.keys[slotName(p2)] = key;
    context.save();
    return success(encodePublicKeyTemplate(publicKey));
  },
};
