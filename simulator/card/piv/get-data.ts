import { encodeTlv, parseSingle } from '../../../drivers/codec/ber-tlv.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { containerOf, standsAlone, type ReadRule } from '../../../drivers/codec/piv-containers.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { anyone, status, success, type PivCommand, type PivContext } from './context.ts';
import { fromHex, toHex } from './memory.ts';

/** GET DATA (SP 800-73-5 part 2, 3.1.2) under each object's own rule for the interface in use. */
export const getData: PivCommand = {
  instruction: pivInstruction.getData,
  contactless: true,
  refusal: anyone,
  perform(context, { p1, p2, data }) {
    if (p1 !== 0x3f || p2 !== 0xff) return status(statusWord.wrongParameters);
    const tag = parseSingle(data, 0x5c);
    if (tag === null || tag.length < 1 || tag.length > 3) return status(statusWord.wrongData);
    const id = toHex(tag);
    if (!mayRead(context, ruleOf(context, id))) return status(statusWord.securityNotSatisfied);
    const contents = context.memory.objects[id];
    if (contents === undefined) return status(statusWord.notFound);
    return success(standsAlone(id) ? fromHex(contents) : encodeTlv(0x53, fromHex(contents)));
  },
};

/** Objects outside the data model are the issuer's own: open to the contact interface only. */
function ruleOf(context: PivContext, id: string): ReadRule {
  const container = containerOf(id);
  if (context.reach === 'contact') return container?.contact ?? 'always';
  return container?.contactless ?? 'never';
}

function mayRead(context: PivContext, rule: ReadRule): boolean {
  switch (rule) {
    case 'always':
      return true;
    case 'pin':
      return context.volatile.pinVerified;
    case 'never':
      return false;
  }
}
