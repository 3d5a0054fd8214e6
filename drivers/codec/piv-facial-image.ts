import { childValue, encodeTlv, joinBytes, parseTlvs } from './ber-tlv.ts';

/** A portrait as it goes onto the chip. */
export interface FacialImage {
  /** Baseline JPEG, 24-bit colour. */
  readonly jpeg: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Calendar days, `YYYY-MM-DD`: when the record was made, and how long it is valid. */
  readonly createdOn: string;
  readonly validTo: string;
}

/** id-PIV-biometricObject: content type of the signature (SP 800-76-2, 9.3). */
export const biometricObjectOid = '2.16.840.1.101.3.6.2';

const creator = 'Kortverk';
const patronHeaderBytes = 88;
const facialHeaderBytes = 14;
const informationBytes = 20;
const imageBytes = 12;
/** Image as captured, not processed (SP 800-76-2, table 14). */
const rawData = 0x20;

/**
 * The face record: header, one image without feature points, full frontal, JPEG in 24-bit colour (INCITS 385-2004, 5).
 */
export function encodeFaceRecord(image: FacialImage): Uint8Array {
  const total = facialHeaderBytes + informationBytes + imageBytes + image.jpeg.length;
  const record = Buffer.alloc(total - image.jpeg.length);
  record.write('FAC\x00010\x00', 0, 'latin1');
  record.writeUInt32BE(total, 8);
  record.writeUInt16BE(1, 12);
  record.writeUInt32BE(total - facialHeaderBytes, facialHeaderBytes);
  const description = facialHeaderBytes + informationBytes;
  record.writeUInt8(1, description);
  record.writeUInt16BE(image.widthPx, description + 2);
  record.writeUInt16BE(image.heightPx, description + 4);
  record.writeUInt8(1, description + 6);
  return joinBytes(record, image.jpeg);
}

/**
 * The CBEFF header in PIV's patron format: 88 bytes, signed and not encrypted (SP 800-76-2, table 14). It names the
 * length of the signature that signs it. Throws RangeError for days that are none.
 */
export function encodeBiometricHeader(image: FacialImage, fascN: Uint8Array, recordBytes: number, signatureBytes: number): Uint8Array {
  const header = Buffer.alloc(patronHeaderBytes);
  header.writeUInt8(0x03, 0);
  header.writeUInt8(0x0d, 1);
  header.writeUInt32BE(recordBytes, 2);
  header.writeUInt16BE(signatureBytes, 6);
  header.writeUInt16BE(0x001b, 8);
  header.writeUInt16BE(0x0501, 10);
  header.set(packedDate(image.createdOn), 12);
  header.set(packedDate(image.createdOn), 20);
  header.set(packedDate(image.validTo), 28);
  header.writeUIntBE(0x000002, 36, 3);
  header.writeUInt8(rawData, 39);
  header.writeInt8(-2, 40);
  header.write(creator, 41, 18, 'latin1');
  header.set(fascN.subarray(0, 25), 59);
  return new Uint8Array(header);
}

/** Container 5FC108 (inside tag 53): BC holds header, record and signature (SP 800-73-5 part 1, table 13). */
export function encodeFacialImageObject(header: Uint8Array, record: Uint8Array, signature: Uint8Array): Uint8Array {
  return joinBytes(encodeTlv(0xbc, joinBytes(header, record, signature)), encodeTlv(0xfe, new Uint8Array()));
}

/** Splits a facial image object: what is signed, the record and the signature; null when the lengths in its header do not fit. */
export function decodeFacialImageObject(contents: Uint8Array): { readonly signed: Uint8Array; readonly record: Uint8Array; readonly signature: Uint8Array } | null {
  const fields = parseTlvs(contents);
  const value = fields === null ? null : childValue(fields, 0xbc);
  if (value === null || value.length < patronHeaderBytes) return null;
  const header = Buffer.from(value.subarray(0, patronHeaderBytes));
  const recordEnd = patronHeaderBytes + header.readUInt32BE(2);
  if (recordEnd + header.readUInt16BE(6) !== value.length) return null;
  return { signed: value.subarray(0, recordEnd), record: value.subarray(patronHeaderBytes, recordEnd), signature: value.subarray(recordEnd) };
}

/** YYYYMMDDhhmmssZ, two digits a byte as a plain number, and the letter Z (SP 800-76-2, table 14, note on dates). */
function packedDate(day: string): Uint8Array {
  const [, century, year, month, date] = /^(\d\d)(\d\d)-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (date === undefined) throw new RangeError('a biometric header takes calendar days');
  return Uint8Array.from([Number(century), Number(year), Number(month), Number(date), 0, 0, 0, 0x5a]);
}
