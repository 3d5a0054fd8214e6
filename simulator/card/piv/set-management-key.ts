import { parseSingle } from '../../../drivers/codec/ber-tlv.ts';
import { managementAlgorithmOf, managementKeyShape } from '../../../drivers/codec/piv-algorithms.ts';
import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { administrator, status, success, type PivCommand } from './context.ts';
import { toHex } from './memory.ts';

/** SET MANAGEMENT KEY (cards.md 2.4): algorithm, 9B, key. Touch (P2 FE) is refused: plastic has no button. */
export const setManagementKey: PivCommand = {
  instruction: extensionInstruction.setManagementKey,
  contactless: false,
  refusal: administrator,
  perform(context, { p1, p2, data }) {
    if (p1 !== 0xff || p2 !== 0xff) return status(statusWord.wrongParameters);
    const algorithm = managementAlgorithmOf(data[0] ?? 0xff);
    const key = parseSingle(data.subarray(1), 0x9b);
    if (algorithm === null || !context.abilities.managementAlgorithms.includes(algorithm)) return status(statusWord.wrongData);
    if (key?.length !== managementKeyShape[algorithm].keyBytes) return status(statusWord.wrongData);
    context.memory.management = { algorithm, key: toHex(key), isFactory: false };
    context.save();
    return success();
  },
};
