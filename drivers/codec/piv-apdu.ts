import { command, type CommandApdu } from './apdu.ts';
import { encodeNested, encodeTlv, joinBytes, parseSingle, parseTlvs, type Tlv } from './ber-tlv.ts';
import { keyAlgorithmId, managementKeyShape, type ManagementKeyAlgorithm, type PivKeyAlgorithm } from './piv-algorithms.ts';
import { standsAlone, type ContainerId } from './piv-containers.ts';
import { pivAid } from './piv-discovery.ts';

/** Instruction bytes (SP 800-73-5 part 2, table 2). */
export const pivInstruction = {
  select: 0xa4,
  getData: 0xcb,
  putData: 0xdb,
  verify: 0x20,
  changeReferenceData: 0x24,
  resetRetryCounter: 0x2c,
  generalAuthenticate: 0x87,
  generateKeyPair: 0x47,
} as const;

/** Fields of the dynamic authentication template 7C (SP 800-73-5 part 2, table 9). */
export const authenticationTag = { witness: 0x80, challenge: 0x81, response: 0x82, exponentiation: 0x85 } as const;

const anyLength = 256;
const nothing = new Uint8Array();

/** SELECT of the PIV card application by its full identifier (SP 800-73-5 part 2, 3.1.1). */
export function selectPiv(): CommandApdu {
  return command(0x00, pivInstruction.select, 0x04, 0x00, pivAid, anyLength);
}

/** GET DATA of one object (3.1.2). */
export function getData(id: ContainerId): CommandApdu {
  return command(0x00, pivInstruction.getData, 0x3f, 0xff, encodeTlv(0x5c, idBytes(id)), anyLength);
}

/** The contents of a GET DATA answer: what is inside tag 53, or the whole object where it stands alone. Null when the answer is something else. */
export function objectOf(id: ContainerId, answer: Uint8Array): Uint8Array | null {
  if (!standsAlone(id)) return parseSingle(answer, 0x53);
  return parseSingle(answer, Number.parseInt(id, 16)) === null ? null : answer;
}

/** PUT DATA: replaces one object whole (3.3.1). Longer than a short APDU: the channel chains it. */
export function putData(id: ContainerId, contents: Uint8Array): CommandApdu {
  const data = standsAlone(id) ? contents : joinBytes(encodeTlv(0x5c, idBytes(id)), encodeTlv(0x53, contents));
  return command(0x00, pivInstruction.putData, 0x3f, 0xff, data);
}

/**
 * CHANGE REFERENCE DATA for the management key, as cards take it that are personalised through a secure channel
 * (OpenFIPS201's administrative form): the algorithm in P1, the key as element 80 of a sequence.
 */
export function changeManagementKey(algorithm: ManagementKeyAlgorithm, key: Uint8Array): CommandApdu {
  return command(0x00, pivInstruction.changeReferenceData, managementKeyShape[algorithm].id, 0x9b, encodeNested(0x30, encodeTlv(0x80, key)));
}

/** VERIFY with a padded PIN, or without one to ask for the tries left (3.2.1). */
export function verify(reference: number, padded: Uint8Array = nothing): CommandApdu {
  return command(0x00, pivInstruction.verify, 0x00, reference, padded);
}

/** CHANGE REFERENCE DATA: old and new, eight bytes each (3.2.2). */
export function changeReferenceData(reference: number, old: Uint8Array, next: Uint8Array): CommandApdu {
  return command(0x00, pivInstruction.changeReferenceData, 0x00, reference, joinBytes(old, next));
}

/** RESET RETRY COUNTER of the PIN with the PUK (3.2.3). */
export function resetRetryCounter(puk: Uint8Array, newPin: Uint8Array): CommandApdu {
  return command(0x00, pivInstruction.resetRetryCounter, 0x00, 0x80, joinBytes(puk, newPin));
}

/** GENERATE ASYMMETRIC KEY PAIR in a slot (3.3.2). */
export function generateKeyPair(slot: number, algorithm: PivKeyAlgorithm): CommandApdu {
  const template = encodeNested(0xac, encodeTlv(0x80, Uint8Array.of(keyAlgorithmId[algorithm])));
  return command(0x00, pivInstruction.generateKeyPair, 0x00, slot, template, anyLength);
}

/** GENERAL AUTHENTICATE: the template's fields in order; an empty field asks for it (3.2.4). */
export function generalAuthenticate(algorithm: number, key: number, ...fields: readonly Tlv[]): CommandApdu {
  const template = encodeNested(0x7c, ...fields.map(({ tag, value }) => encodeTlv(tag, value)));
  return command(0x00, pivInstruction.generalAuthenticate, algorithm, key, template, anyLength);
}

/** First step of mutual authentication with 9B: asks the card for its witness (A.1, table 22). */
export function requestWitness(algorithm: ManagementKeyAlgorithm): CommandApdu {
  return generalAuthenticate(managementKeyShape[algorithm].id, 0x9b, { tag: authenticationTag.witness, value: nothing });
}

/** Second step: the witness in clear and a challenge of the host's. */
export function answerWitness(algorithm: ManagementKeyAlgorithm, witness: Uint8Array, challenge: Uint8Array): CommandApdu {
  return generalAuthenticate(
    managementKeyShape[algorithm].id, 0x9b,
    { tag: authenticationTag.witness, value: witness }, { tag: authenticationTag.challenge, value: challenge },
  );
}

/** Asks a key to sign prepared bytes (`piv-signature.ts`). */
export function sign(algorithm: PivKeyAlgorithm, slot: number, input: Uint8Array): CommandApdu {
  return generalAuthenticate(
    keyAlgorithmId[algorithm], slot,
    { tag: authenticationTag.response, value: nothing }, { tag: authenticationTag.challenge, value: input },
  );
}

/** Asks an elliptic curve key to agree on a secret with a point (04 X Y); SP 800-73-5 part 2, A.5. */
export function agree(algorithm: PivKeyAlgorithm, slot: number, point: Uint8Array): CommandApdu {
  return generalAuthenticate(
    keyAlgorithmId[algorithm], slot,
    { tag: authenticationTag.response, value: nothing }, { tag: authenticationTag.exponentiation, value: point },
  );
}

/** One field of a 7C answer, or null when the answer is no such template or lacks it. */
export function authenticationField(answer: Uint8Array, tag: number): Uint8Array | null {
  const template = parseSingle(answer, 0x7c);
  const fields = template === null ? null : parseTlvs(template);
  return fields?.find((field) => field.tag === tag)?.value ?? null;
}

/** An object identifier as bytes. */
export function idBytes(id: ContainerId): Uint8Array {
  return new Uint8Array(Buffer.from(id, 'hex'));
}
