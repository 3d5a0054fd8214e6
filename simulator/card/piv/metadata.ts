import { encodeTlv, joinBytes } from '../../../drivers/codec/ber-tlv.ts';
import { keyAlgorithmId, keyReference, managementKeyShape } from '../../../drivers/codec/piv-algorithms.ts';
import { extensionInstruction, metadataTag } from '../../../drivers/codec/piv-extension-apdu.ts';
import { encodePublicKeyFields } from '../../../drivers/codec/piv-key.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { publicKeyOfStored } from './card-key.ts';
import { anyone, status, success, type PivCommand, type PivContext } from './context.ts';
import { pinPolicyId } from './key-policy.ts';
import { slotName, type ReferenceData } from './memory.ts';

const pinAlgorithmId = 0xff;
const neverTouch = 0x01;

/** GET METADATA (cards.md 2.4): what a PIN, the management key or a key is, without its secret. */
export const metadata: PivCommand = {
  instruction: extensionInstruction.metadata,
  contactless: true,
  refusal: anyone,
  perform(context, { p1, p2 }) {
    if (p1 !== 0x00) return status(statusWord.wrongParameters);
    const answer = describe(context, p2);
    return answer === null ? status(statusWord.referenceDataNotFound) : success(answer);
  },
};

function describe(context: PivContext, reference: number): Uint8Array | null {
  const { memory } = context;
  if (reference === keyReference.pin) return describeReference(memory.pin);
  if (reference === keyReference.puk) return describeReference(memory.puk);
  if (reference === keyReference.management) return describeManagement(context);
  return describeKey(context, reference);
}

function describeReference(reference: ReferenceData): Uint8Array {
  return joinBytes(
    encodeTlv(metadataTag.algorithm, Uint8Array.of(pinAlgorithmId)),
    flag(reference.isFactory),
    encodeTlv(metadataTag.retries, Uint8Array.of(reference.maximumTries, reference.triesLeft)),
  );
}

function describeManagement({ memory }: PivContext): Uint8Array {
  return joinBytes(
    encodeTlv(metadataTag.algorithm, Uint8Array.of(managementKeyShape[memory.management.algorithm].id)),
    encodeTlv(metadataTag.policy, Uint8Array.of(0x00, neverTouch)),
    flag(memory.management.isFactory),
  );
}

function describeKey({ memory }: PivContext, reference: number): Uint8Array | null {
  const key = memory.keys[slotName(reference)];
  const publicKey = key === undefined ? null : publicKeyOfStored(key);
  if (key === undefined || publicKey === null) return null;
  return joinBytes(
    encodeTlv(metadataTag.algorithm, Uint8Array.of(keyAlgorithmId[key.algorithm])),
    encodeTlv(metadataTag.policy, Uint8Array.of(pinPolicyId(key.pinPolicy), neverTouch)),
    encodeTlv(metadataTag.origin, Uint8Array.of(key.origin === 'generated' ? 1 : 2)),
    encodeTlv(metadataTag.publicKey, encodePublicKeyFields(publicKey)),
  );
}

function flag(isFactory: boolean): Uint8Array {
  return encodeTlv(metadataTag.isDefault, Uint8Array.of(isFactory ? 1 : 0));
}
