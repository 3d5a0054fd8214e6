import { asciiValue, childValue, encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';

/** The card holder unique identifier, container 5FC102 (SP 800-73-5 part 1, table 9). */
export interface Chuid {
  /** 25 bytes; `piv-fasc-n.ts` packs and unpacks them. */
  readonly fascN: Uint8Array;
  /** 16 bytes. */
  readonly guid: Uint8Array;
  /** `YYYY-MM-DD`. */
  readonly expiry: string;
  /** 16 bytes, or null when the object carries none. */
  readonly cardholderUuid: Uint8Array | null;
  /** CMS SignedData, or empty when the object is not signed. */
  readonly issuerSignature: Uint8Array;
}

const nothing = new Uint8Array();

/** The contents (inside tag 53), fields in the order of the standard. Throws RangeError for a field of a wrong length. */
export function encodeChuid(chuid: Chuid): Uint8Array {
  return joinBytes(leadingFields(chuid), encodeTlv(0x3e, chuid.issuerSignature), encodeTlv(0xfe, nothing));
}

/** What the issuer's signature covers: every field but the signature itself, the error code included (FIPS 201-3, 4.2.1). */
export function signedChuidBytes(chuid: Omit<Chuid, 'issuerSignature'>): Uint8Array {
  return joinBytes(leadingFields(chuid), encodeTlv(0xfe, nothing));
}

/** Reads the contents, or null when a mandatory field is missing or has a wrong length. Retired tags 3D and EE are passed over. */
export function decodeChuid(contents: Uint8Array): Chuid | null {
  const fields = parseTlvs(contents);
  if (fields === null) return null;
  const fascN = childValue(fields, 0x30);
  const guid = childValue(fields, 0x34);
  const expiry = /^(\d{4})(\d{2})(\d{2})$/.exec(asciiValue(fields, 0x35) ?? '');
  const issuerSignature = childValue(fields, 0x3e);
  const cardholderUuid = childValue(fields, 0x36);
  if (fascN?.length !== 25 || guid?.length !== 16 || expiry === null || issuerSignature === null) return null;
  if (cardholderUuid !== null && cardholderUuid.length !== 16) return null;
  return { fascN, guid, expiry: `${expiry[1]}-${expiry[2]}-${expiry[3]}`, cardholderUuid, issuerSignature };
}

function leadingFields({ fascN, guid, expiry, cardholderUuid }: Omit<Chuid, 'issuerSignature'>): Uint8Array {
  if (fascN.length !== 25 || guid.length !== 16 || (cardholderUuid !== null && cardholderUuid.length !== 16)) {
    throw new RangeError('a CHUID field has the wrong length');
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(expiry)) throw new RangeError('the expiry of a CHUID is a calendar day');
  return joinBytes(
    encodeTlv(0x30, fascN),
    encodeTlv(0x34, guid),
    encodeTlv(0x35, Buffer.from(expiry.replaceAll('-', ''), 'latin1')),
    cardholderUuid === null ? nothing : encodeTlv(0x36, cardholderUuid),
  );
}
