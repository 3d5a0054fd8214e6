import { createHash, verify, X509Certificate } from 'node:crypto';
import {
  CertificateChoices, CertificateSet, CMSVersion, ContentInfo, DigestAlgorithmIdentifiers, EncapsulatedContent, EncapsulatedContentInfo,
  IssuerAndSerialNumber, SignedData, SignerIdentifier, SignerInfo, SignerInfos, id_signedData,
} from '@peculiar/asn1-cms';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { encodeTlv, joinBytes, parseSingle, parseTlvs } from './ber-tlv.ts';
import { parseCertificate } from './x509-certificate.ts';

const sha256Oid = '2.16.840.1.101.3.4.2.1';
const ecdsaWithSha256Oid = '1.2.840.10045.4.3.2';
const contentTypeOid = '1.2.840.113549.1.9.3';
const messageDigestOid = '1.2.840.113549.1.9.4';
const setTag = 0x31;

/** What is signed, and whether the message carries it. */
export interface SignedContent {
  /** eContentType, dotted. */
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly isDetached: boolean;
}

/** A signed attribute beside content type and digest: its type, dotted, and its one value in DER. */
export interface SignedAttribute {
  readonly type: string;
  readonly value: Uint8Array;
}

/** A signed message as read, not yet verified. */
export interface ReadSignedData {
  readonly contentType: string;
  /** Null when it is detached. */
  readonly content: Uint8Array | null;
  /** The first certificate in the message (DER), null when it carries none. */
  readonly certificate: Uint8Array | null;
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  /** The signed attributes as the signature covers them: a SET OF in DER, however they were sent (RFC 5652, 5.4). */
  readonly attributes: Uint8Array;
  readonly signature: Uint8Array;
}

/** The bytes that a signer signs: content type, SHA-256 digest and further attributes as a SET OF in DER order (RFC 5652, 5.4). */
export function attributesToSign(content: SignedContent, further: readonly SignedAttribute[]): Uint8Array {
  const digest = createHash('sha256').update(content.bytes).digest();
  const attributes = [{ type: contentTypeOid, value: oidBytes(content.type) }, { type: messageDigestOid, value: encodeTlv(0x04, digest) }, ...further];
  const encoded = attributes.map(({ type, value }) => encodeTlv(0x30, joinBytes(oidBytes(type), encodeTlv(setTag, value))));
  return setOf(encoded);
}

/** A SET OF in DER: its members in the order of their encodings (X.690, 11.6). */
function setOf(encoded: readonly Uint8Array[]): Uint8Array {
  return encodeTlv(setTag, joinBytes(...encoded.toSorted((one, other) => Buffer.compare(one, other))));
}

/**
 * SignedData, version 3, one SignerInfo by issuer and serial number, ECDSA with SHA-256, no CRLs, inside ContentInfo
 * (RFC 5652, 5.1). `attributes` are what was signed; `carriesCertificate` puts the signer's certificate in.
 */
export function encodeSignedData(content: SignedContent, certificate: Uint8Array, attributes: Uint8Array, signature: Uint8Array, carriesCertificate: boolean): Uint8Array {
  const signer = parseCertificate(certificate);
  const { issuer, serialNumber } = signer.tbsCertificate;
  const info = new SignerInfo({
    version: CMSVersion.v1,
    sid: new SignerIdentifier({ issuerAndSerialNumber: new IssuerAndSerialNumber({ issuer, serialNumber }) }),
    digestAlgorithm: new AlgorithmIdentifier({ algorithm: sha256Oid }),
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ecdsaWithSha256Oid }),
    signature: new OctetString(signature),
  });
  const eContent = content.isDetached ? {} : { eContent: new EncapsulatedContent({ single: new OctetString(content.bytes) }) };
  const certificates = carriesCertificate ? { certificates: new CertificateSet([new CertificateChoices({ certificate: signer })]) } : {};
  const data = new SignedData({
    version: CMSVersion.v3,
    digestAlgorithms: new DigestAlgorithmIdentifiers([new AlgorithmIdentifier({ algorithm: sha256Oid })]),
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: content.type, ...eContent }),
    ...certificates,
    signerInfos: new SignerInfos([AsnConvert.parse(withAttributes(info, attributes), SignerInfo)]),
  });
  return new Uint8Array(AsnConvert.serialize(new ContentInfo({ contentType: id_signedData, content: AsnConvert.serialize(data) })));
}

/** Reads a message with exactly one signer; null when it is none, or has no signed attributes. */
export function readSignedData(der: Uint8Array): ReadSignedData | null {
  try {
    const content = AsnConvert.parse(der, ContentInfo);
    if (content.contentType !== id_signedData) return null;
    const { encapContentInfo, certificates, signerInfos } = AsnConvert.parse(content.content, SignedData);
    const [info] = signerInfos;
    const sid = info?.sid.issuerAndSerialNumber;
    if (info === undefined || signerInfos.length !== 1 || sid === undefined || info.signedAttrs === undefined) return null;
    const attributes = setOf(info.signedAttrs.map((attribute) => new Uint8Array(AsnConvert.serialize(attribute))));
    const [certificate] = certificates ?? [];
    const { eContent } = encapContentInfo;
    return {
      contentType: encapContentInfo.eContentType,
      content: eContent?.single === undefined ? null : new Uint8Array(eContent.single.buffer),
      certificate: certificate?.certificate === undefined ? null : new Uint8Array(AsnConvert.serialize(certificate.certificate)),
      issuer: new Uint8Array(AsnConvert.serialize(sid.issuer)),
      serial: new Uint8Array(sid.serialNumber),
      attributes,
      signature: new Uint8Array(info.signature.buffer),
    };
  } catch {
    // Whatever is wrong with the bytes, they are no signed message.
    return null;
  }
}

/** Whether a message is signed by the key of a certificate (DER) over this content: issuer and serial number, content type, digest and signature (RFC 5652, 5.6). */
export function isSignedBy(message: ReadSignedData, certificate: Uint8Array, content: Uint8Array): boolean {
  const { issuer, serialNumber } = parseCertificate(certificate).tbsCertificate;
  if (!same(new Uint8Array(AsnConvert.serialize(issuer)), message.issuer) || !same(new Uint8Array(serialNumber), message.serial)) return false;
  const digest = attributeValue(message, messageDigestOid);
  const type = attributeValue(message, contentTypeOid);
  const wanted = encodeTlv(0x04, createHash('sha256').update(content).digest());
  if (digest === null || type === null || !same(digest, wanted) || !same(type, oidBytes(message.contentType))) return false;
  // Bare verification: a signature that is not DER is refused, not thrown.
  return verifyEcdsa(certificate, message.attributes, message.signature);
}

/** The one value (DER) of a signed attribute, or null. */
export function attributeValue(message: ReadSignedData, type: string): Uint8Array | null {
  const set = parseSingle(message.attributes, setTag);
  const wanted = oidBytes(type);
  for (const { value } of set === null ? [] : (parseTlvs(set) ?? [])) {
    if (!same(value.subarray(0, wanted.length), wanted)) continue;
    return parseSingle(value.subarray(wanted.length), setTag);
  }
  return null;
}

/** An object identifier in DER, with tag and length. */
export function oidBytes(oid: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  return encodeTlv(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** A SignerInfo with its attributes spliced in as [0], byte for byte as they were signed. */
function withAttributes(info: SignerInfo, attributes: Uint8Array): Uint8Array {
  const body = parseSingle(new Uint8Array(AsnConvert.serialize(info)), 0x30);
  const parts = body === null ? null : parseTlvs(body);
  if (parts === null) throw new RangeError('a SignerInfo that cannot be read back');
  const implicit = Uint8Array.from(attributes);
  implicit[0] = 0xa0;
  const encoded = parts.map(({ tag, value }) => encodeTlv(tag, value));
  return encodeTlv(0x30, joinBytes(...encoded.slice(0, 3), implicit, ...encoded.slice(3)));
}

function verifyEcdsa(certificate: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verify('sha256', message, new X509Certificate(certificate).publicKey, signature);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}
