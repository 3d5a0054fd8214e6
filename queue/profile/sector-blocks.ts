import { StationFault } from '../../drivers/contracts/fault.ts';
import { SECTOR_DATA_BYTES, type SectorField, type SectorTemplate, type SectorValues } from './sector-profile.ts';

const BLOCK_BYTES = 16;

/**
 * The three data blocks (16 bytes each) of a company sector for one card. Bytes that no field covers are 00.
 * Throws `ENC-PROFILE-INVALID` when a value does not fit its field.
 */
export function sectorBlocks(template: SectorTemplate, values: SectorValues): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const image = new Uint8Array(SECTOR_DATA_BYTES);
  for (const field of template.data) {
    if (field.offset + field.length > SECTOR_DATA_BYTES) throw misfit(template, field, 'the field leaves the sector');
    image.set(fieldBytes(template, field, values), field.offset);
  }
  const block = (index: number): Uint8Array => image.slice(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
  return [block(0), block(1), block(2)];
}

function fieldBytes(template: SectorTemplate, field: SectorField, values: SectorValues): Uint8Array {
  switch (field.encoding) {
    case 'ascii':
      return asciiBytes(template, field, values[field.value], field.pad);
    case 'bcd':
      return bcdBytes(template, field, digitsOf(template, field, values[field.value]));
    case 'uint':
      return uintBytes(template, field, digitsOf(template, field, values[field.value]), field.byteOrder);
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
