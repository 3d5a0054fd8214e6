import { childValue, encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';

/** The card capability container, 5FC107 (SP 800-73-5 part 1, table 8), as far as it says anything for PIV. */
export interface CardCapability {
  /** 21 bytes: application (5), type (1), manufacturer (1), then 14 that are the issuer's; or empty. */
  readonly cardIdentifier: Uint8Array;
  /** `10` (hex) names the PIV data model. */
  readonly dataModel: number;
}

const nothing = new Uint8Array();
/** Registered application provider of the government card interface, card type 01 file system, manufacturer FF unregistered. */
const identifierPrefix = Uint8Array.of(0xa0, 0x00, 0x00, 0x01, 0x16, 0xff, 0x02);
const versionTwoOne = Uint8Array.of(0x21);
const pivDataModel = 0x10;
const emptyTags = [0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe];

/** The 21-byte identifier of a card: the fixed head and 14 bytes of the issuer's own. Throws RangeError for another length. */
export function cardIdentifier(issuerBytes: Uint8Array): Uint8Array {
  if (issuerBytes.length !== 14) throw new RangeError('a card identifier takes 14 bytes of the issuer');
  return joinBytes(identifierPrefix, issuerBytes);
}

/** The contents (inside tag 53) for the PIV data model; every field but identifier, versions and data model is empty. */
export function encodeCardCapability(identifier: Uint8Array): Uint8Array {
  if (identifier.length !== 21 && identifier.length !== 0) throw new RangeError('a card identifier has 21 bytes or none');
  return joinBytes(
    encodeTlv(0xf0, identifier),
    encodeTlv(0xf1, versionTwoOne),
    encodeTlv(0xf2, versionTwoOne),
    encodeTlv(0xf3, nothing),
    encodeTlv(0xf4, Uint8Array.of(0x00)),
    encodeTlv(0xf5, Uint8Array.of(pivDataModel)),
    ...emptyTags.map((tag) => encodeTlv(tag, nothing)),
  );
}

/** Reads the contents, or null when identifier or data model are missing or misshapen. */
export function decodeCardCapability(contents: Uint8Array): CardCapability | null {
  const fields = parseTlvs(contents);
  if (fields === null) return null;
  const identifier = childValue(fields, 0xf0);
  const dataModel = childValue(fields, 0xf5);
  if (identifier === null || (identifier.length !== 21 && identifier.length !== 0) || dataModel?.length !== 1) return null;
  return { cardIdentifier: identifier, dataModel: dataModel[0] ?? 0 };
}
