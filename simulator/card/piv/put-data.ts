import { childValue, parseTlvs } from '../../../drivers/codec/ber-tlv.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { containerOf, standsAlone } from '../../../drivers/codec/piv-containers.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { administrator, status, success, type PivCommand } from './context.ts';
import { toHex } from './memory.ts';

/** PUT DATA (SP 800-73-5 part 2, 3.3.1): replaces an object whole; empty contents delete it. */
export const putData: PivCommand = {
  instruction: pivInstruction.putData,
  contactless: false,
  refusal: administrator,
  perform(context, { p1, p2, data }) {
    if (p1 !== 0x3f || p2 !== 0xff) return status(statusWord.wrongParameters);
    const object = objectIn(data);
    if (object === null || !isKnown(object.id)) return status(statusWord.wrongData);
    if (context.abilities.fixedObjects.includes(object.id)) return status(statusWord.functionNotSupported);
    if (object.contents.length === 0) delete context.memory.objects[object.id];
    else context.memory.objects[object.id] = toHex(object.contents);
    context.save();
    return success();
  },
};

function objectIn(data: Uint8Array): { readonly id: string; readonly contents: Uint8Array } | null {
  const fields = parseTlvs(data);
  const first = fields?.[0];
  if (fields === null || first === undefined) return null;
  const ownTag = first.tag.toString(16).toUpperCase();
  if (standsAlone(ownTag)) return fields.length === 1 ? { id: ownTag, contents: data } : null;
  const contents = childValue(fields, 0x53);
  if (fields.length !== 2 || first.tag !== 0x5c || contents === null) return null;
  return { id: toHex(first.value), contents };
}

/** The data model, and the issuer's own range that Yubico's cards and their followers have at 5FFF00. */
function isKnown(id: string): boolean {
  return containerOf(id) !== null || /^5FFF[0-9A-F]{2}$/.test(id);
}
