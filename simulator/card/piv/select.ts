import { encodeNested, encodeTlv } from '../../../drivers/codec/ber-tlv.ts';
import { keyAlgorithmId, managementKeyShape } from '../../../drivers/codec/piv-algorithms.ts';
import { pivInstruction } from '../../../drivers/codec/piv-apdu.ts';
import { pivAid } from '../../../drivers/codec/piv-discovery.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { anyone, status, success, type PivCommand, type PivContext } from './context.ts';
import type { PivAbilities } from './abilities.ts';

const shortestPartialAid = 5;

/** SELECT by the application identifier, whole or cut off on the right (SP 800-73-5 part 2, 3.1.1). Selecting again keeps what was verified. */
export const select: PivCommand = {
  instruction: pivInstruction.select,
  contactless: true,
  refusal: anyone,
  perform(context, { p1, p2, data }) {
    if (p1 !== 0x04 || (p2 !== 0x00 && p2 !== 0x0c)) return status(statusWord.wrongParameters);
    if (!isPivAid(data)) return status(statusWord.notFound);
    context.volatile.selected = true;
    return p2 === 0x0c ? success() : success(applicationTemplate(context));
  },
};

function isPivAid(data: Uint8Array): boolean {
  return data.length >= shortestPartialAid && data.length <= pivAid.length && data.every((byte, index) => byte === pivAid[index]);
}

function applicationTemplate({ abilities }: PivContext): Uint8Array {
  const label = abilities.label === null ? new Uint8Array() : encodeTlv(0x50, Buffer.from(abilities.label, 'latin1'));
  return encodeNested(
    0x61,
    encodeTlv(0x4f, pivAid),
    encodeNested(0x79, encodeTlv(0x4f, pivAid.subarray(0, shortestPartialAid))),
    label,
    ...algorithmIds(abilities).map((id) => encodeNested(0xac, encodeTlv(0x80, Uint8Array.of(id)), encodeTlv(0x06, Uint8Array.of(0x00)))),
  );
}

function algorithmIds(abilities: PivAbilities): number[] {
  return [
    ...abilities.managementAlgorithms.map((name) => managementKeyShape[name].id),
    ...abilities.keyAlgorithms.map((name) => keyAlgorithmId[name]),
  ];
}
