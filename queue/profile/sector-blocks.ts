import { crc, crcBytes } from '../../drivers/codec/crc.ts';
import { encodeValueBlock } from '../../drivers/codec/mifare-value.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { sectorDataBytes, type SectorField, type SectorTemplate, type SectorValues } from './sector-profile.ts';

const BLOCK_BYTES = 16;

/**
 * The data blocks (16 bytes each) of a company sector for one card: three, or fifteen in a large sector. Bytes that no
 * field covers are 00. CRCs come last, in the order of the template, so that one may cover another before it.
 * Throws `ENC-PROFILE-INVALID` when a value does not fit its field, or a field leaves the sector.
 */
export function sectorBlocks(template: SectorTemplate, values: SectorValues): readonly Uint8Array[] {
  const image = new Uint8Array(sectorDataBytes(template.sector));
  for (const field of template.data) {
    if (field.encoding !== 'crc') lay(image, template, field, fieldBytes(template, field, values));
  }
  for (const field of template.data) {
    if (field.encoding === 'crc') lay(image, template, field, crcField(image, template, field));
  }
  return Array.from({ length: image.length / BLOCK_BYTES }, (_, index) => image.slice(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));
}

function lay(image: Uint8Array, template: SectorTemplate, field: SectorField, bytes: Uint8Array): void {
  if (field.offset + field.length > image.length) throw misfit(template, field, 'the field leaves the sector');
  image.set(bytes, field.offset);
}

type CrcField = Extract<SectorField, { encoding: 'crc' }>;

function crcField(image: Uint8Array, template: SectorTemplate, field: CrcField): Uint8Array {
  const { algorithm, from, bytes: count, length, byteOrder } = field;
  if (crcBytes(algorithm) !== length) throw misfit(template, field, `${algorithm} takes ${crcBytes(algorithm)} bytes`);
  if (from + count > image.length) throw misfit(template, field, 'what it covers leaves the sector');
  if (from < field.offset + length && field.offset < from + count) throw misfit(template, field, 'it covers itself');
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(crc(algorithm, image.subarray(from, from + count)), 0, length);
  return Uint8Array.from(byteOrder === 'big' ? bytes : bytes.reverse());
}

function fieldBytes(template: SectorTemplate, field: Exclude<SectorField, CrcField>, values: SectorValues): Uint8Array {
  switch (field.encoding) {
    case 'ascii':
      return asciiBytes(template, field, values[field.value], field.pad);
    case 'bcd':
      return bcdBytes(template, field, digitsOf(template, field, values[field.value]));
    case 'uint':
      return uintBytes(template, field, digitsOf(template, field, values[field.value]), field.byteOrder);
    case 'value':
      return encodeValueBlock({ value: field.amount, address: field.address });
    case 'hex': {
      const bytes = Uint8Array.from(Buffer.from(field.hex, 'hex'));
      if (bytes.length !== field.length) throw misfit(template, field, 'the constant has another length than the field');
      return bytes;
    }
  }
}

function asciiBytes(template: SectorTemplate, field: SectorField, text: string, pad: number): Uint8Array {
  if (!/^[\x20-\x7e]*$/.test(text)) throw misfit(template, field, 'the value holds characters outside ASCII');
  if (text.length > field.length) throw misfit(template, field, 'the value is too long');
  const bytes = new Uint8Array(field.length).fill(pad);
  bytes.set(Buffer.from(text, 'ascii'));
  return bytes;
}

/** The digits of a value: letters, hyphens and spaces do not enter BCD or a number. */
function digitsOf(template: SectorTemplate, field: SectorField, text: string): string {
  const digits = text.replace(/[^0-9]/g, '');
  if (digits === '') throw misfit(template, field, 'the value holds no digit');
  return digits;
}

function bcdBytes(template: SectorTemplate, field: SectorField, digits: string): Uint8Array {
  if (digits.length > field.length * 2) throw misfit(template, field, 'the value is too long');
  return Uint8Array.from(Buffer.from(digits.padStart(field.length * 2, '0'), 'hex'));
}

function uintBytes(template: SectorTemplate, field: SectorField, digits: string, byteOrder: 'big' | 'little'): Uint8Array {
  const hex = BigInt(digits).toString(16);
  if (hex.length > field.length * 2) throw misfit(template, field, 'the number is too large');
  const bytes = Uint8Array.from(Buffer.from(hex.padStart(field.length * 2, '0'), 'hex'));
  return byteOrder === 'big' ? bytes : bytes.reverse();
}

function misfit(template: SectorTemplate, field: SectorField, why: string): StationFault {
  return new StationFault('ENC-PROFILE-INVALID', { field: `sectors.${template.sector}`, note: `${field.encoding} at ${field.offset}: ${why}` });
}
