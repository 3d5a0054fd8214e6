import { AsnConvert } from '@peculiar/asn1-schema';
import { encodeTlv } from '../codec/ber-tlv.ts';
import { attributesToSign, attributeValue, encodeSignedData, isSignedBy, readSignedData, type ReadSignedData, type SignedAttribute, type SignedContent } from '../codec/cms-signed-data.ts';
import { decodeChuid, encodeChuid, signedChuidBytes, type Chuid } from '../codec/piv-chuid.ts';
import { containerId, containerOf, type ContainerId } from '../codec/piv-containers.ts';
import { biometricObjectOid, decodeFacialImageObject, encodeBiometricHeader, encodeFaceRecord, encodeFacialImageObject, type FacialImage } from '../codec/piv-facial-image.ts';
import { decodeSecurityObject, encodeLdsSecurityObject, encodeSecurityObject, ldsSecurityObjectOid, type HashedObject } from '../codec/piv-security-object.ts';
import { parseCertificate } from '../codec/x509-certificate.ts';
import type { ContentSigner } from '../contracts/content-signer.ts';
import { StationFault } from '../contracts/fault.ts';

/** Object identifiers of FIPS 201-3 signatures (SP 800-73-5 part 1, 3.1.2; SP 800-76-2, 9.3). */
const chuidObjectOid = '2.16.840.1.101.3.6.1';
const signerNameOid = '2.16.840.1.101.3.6.5';
const fascNOid = '2.16.840.1.101.3.6.6';
const entryUuidOid = '1.3.6.1.1.16.4';

/** ECDSA signatures differ in length by a few bytes, and the biometric header names the length of its own. */
const mostTries = 64;

/** An object that carries a signature: made anew each time, so it is proven by its signature and not by its bytes. */
export interface SignedObject {
  readonly id: ContainerId;
  /** The act's name in the journal. */
  readonly act: string;
  readonly behindPin: boolean;
  make(signer: ContentSigner): Promise<Uint8Array>;
  /** Whether an object as read from a card says what was planned and is signed by the key of a certificate (DER). */
  holds(contents: Uint8Array, certificate: Uint8Array): boolean;
}

/** The card holder unique identifier with its issuer signature and the signer's certificate (SP 800-73-5 part 1, 3.1.2). */
export function signedChuid(chuid: Omit<Chuid, 'issuerSignature'>): SignedObject {
  const content: SignedContent = { type: chuidObjectOid, bytes: signedChuidBytes(chuid), isDetached: true };
  return {
    id: containerId.chuid, act: 'CHUID', behindPin: false,
    make: async (signer) => sized(containerId.chuid, encodeChuid({ ...chuid, issuerSignature: await signed(content, signer, [], true) })),
    holds(contents, certificate) {
      const found = decodeChuid(contents);
      if (found === null || !Buffer.from(signedChuidBytes(found)).equals(content.bytes)) return false;
      const message = readSignedData(found.issuerSignature);
      const carried = message?.certificate ?? null;
      return carried !== null && Buffer.from(carried).equals(certificate) && isSigned(message, content, certificate);
    },
  };
}

/** The certificate (DER) that the issuer signature of a CHUID carries, or null. */
export function certificateOfChuid(contents: Uint8Array): Uint8Array | null {
  const chuid = decodeChuid(contents);
  return chuid === null ? null : (readSignedData(chuid.issuerSignature)?.certificate ?? null);
}

/** The portrait, signed with card number and GUID (SP 800-76-2, 9.3). Its certificate is the one in the CHUID. */
export function signedFacialImage(image: FacialImage, fascN: Uint8Array, guid: Uint8Array): SignedObject {
  const record = encodeFaceRecord(image);
  const contentOf = (signatureBytes: number): SignedContent => {
    const header = encodeBiometricHeader(image, fascN, record.length, signatureBytes);
    return { type: biometricObjectOid, bytes: Uint8Array.from([...header, ...record]), isDetached: true };
  };
  const attributes: readonly SignedAttribute[] = [{ type: fascNOid, value: encodeTlv(0x04, fascN) }, { type: entryUuidOid, value: encodeTlv(0x04, guid) }];
  return {
    id: containerId.facialImage, act: 'facial image', behindPin: true,
    async make(signer) {
      let size = (await signed(contentOf(0), signer, attributes, false)).length;
      for (let tries = 0; tries < mostTries; tries += 1) {
        const content = contentOf(size);
        const signature = await signed(content, signer, attributes, false);
        if (signature.length === size) return sized(containerId.facialImage, encodeFacialImageObject(content.bytes.subarray(0, content.bytes.length - record.length), record, signature));
        size = signature.length;
      }
      throw new StationFault('KEY-TOKEN', { note: 'no two signatures of one length' });
    },
    holds(contents, certificate) {
      const found = decodeFacialImageObject(contents);
      if (found === null) return false;
      const content = contentOf(found.signature.length);
      return Buffer.from(found.signed).equals(content.bytes) && isSigned(readSignedData(found.signature), content, certificate, attributes);
    },
  };
}

/** The security object that vouches for the unsigned objects (SP 800-73-5 part 1, 3.1.7). Its certificate is the one in the CHUID. */
export function securityObject(objects: readonly HashedObject[]): SignedObject {
  const content: SignedContent = { type: ldsSecurityObjectOid, bytes: encodeLdsSecurityObject(objects), isDetached: false };
  return {
    id: containerId.securityObject, act: 'security object', behindPin: false,
    make: async (signer) => sized(containerId.securityObject, encodeSecurityObject(objects, await signed(content, signer, [], false))),
    holds(contents, certificate) {
      const signature = decodeSecurityObject(contents)?.signedData ?? null;
      if (signature === null || !Buffer.from(encodeSecurityObject(objects, signature)).equals(contents)) return false;
      const message = readSignedData(signature);
      const carried = message?.content ?? null;
      return carried !== null && Buffer.from(carried).equals(content.bytes) && isSigned(message, content, certificate);
    },
  };
}

async function signed(content: SignedContent, signer: ContentSigner, further: readonly SignedAttribute[], carriesCertificate: boolean): Promise<Uint8Array> {
  const attributes = attributesToSign(content, [signerName(signer.certificate), ...further]);
  return encodeSignedData(content, signer.certificate, attributes, await signer.sign(attributes), carriesCertificate);
}

function isSigned(message: ReadSignedData | null, content: SignedContent, certificate: Uint8Array, further: readonly SignedAttribute[] = []): boolean {
  if (message === null || message.contentType !== content.type || (message.content === null) !== content.isDetached) return false;
  const wanted = [signerName(certificate), ...further];
  const carriesAll = wanted.every(({ type, value }) => Buffer.from(attributeValue(message, type) ?? []).equals(value));
  return carriesAll && isSignedBy(message, certificate, content.bytes);
}

/** pivSigner-DN: the subject of the signer's certificate. */
function signerName(certificate: Uint8Array): SignedAttribute {
  return { type: signerNameOid, value: new Uint8Array(AsnConvert.serialize(parseCertificate(certificate).tbsCertificate.subject)) };
}

/** Refuses what the container is not made for. */
function sized(id: ContainerId, contents: Uint8Array): Uint8Array {
  const most = containerOf(id)?.maximumBytes ?? 0;
  if (contents.length > most) throw new StationFault('ENC-PROFILE-INVALID', { field: id, note: `${contents.length} bytes, the object takes ${most}` });
  return contents;
}
