import { encodeAccessBits, TRANSPORT_ACCESS } from '../../drivers/codec/access-bits.ts';
import { blockCount, MIFARE_BLOCK_BYTES, sectorCount, trailerBlock, type MifareChip } from '../../drivers/codec/mifare-layout.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { MifareClassicChip, type WriteBehaviour } from './mifare-classic.ts';
import type { ChipSnapshot } from './simulated-chip.ts';

/** What a simulated MIFARE card is handed: whom to tell that its lasting state changed, and what ails it. */
export interface MifareCardParts {
  readonly onChange: (snapshot: ChipSnapshot) => void;
  readonly behaviours?: readonly WriteBehaviour[];
}

/** One MIFARE Classic chip with its snapshots. A storage card reader presents it as APDUs. */
export interface MifareCard {
  readonly uid: string;
  readonly chip: MifareClassicChip;
  snapshot(): ChipSnapshot;
}

const KINDS = { mini: 'mifare-classic-mini', '1k': 'mifare-classic-1k', '2k': 'mifare-plus-2k', '4k': 'mifare-classic-4k' } as const satisfies Record<MifareChip, ChipSnapshot['kind']>;
const SAK: Readonly<Record<MifareChip, number>> = { mini: 0x09, '1k': 0x08, '2k': 0x08, '4k': 0x18 };
const ATQA: Readonly<Record<MifareChip, number>> = { mini: 0x04, '1k': 0x04, '2k': 0x04, '4k': 0x02 };
/** ATQA of a chip whose UID has 7 bytes (ISO/IEC 14443-3, 6.5.2). */
const DOUBLE_SIZE_UID = 0x40;
const DELIVERY_GPB = 0x69;

/** Bytes 8 to 15 of block 0: maker data. Nothing in it looks like a known clone's. */
const MAKER_DATA = [0x00, 0x46, 0x59, 0x25, 0x58, 0x49, 0x10, 0x23];

/** A chip as delivered: transport keys and access bits in every sector, empty data. `uid` is upper-case hex of 4 or 7 bytes. Throws `SIM-INVALID` for another UID. */
export function blankMifareCard(options: { readonly uid: string; readonly chip: MifareChip }, parts: MifareCardParts): MifareCard {
  const { chip } = options;
  const memory = new Uint8Array(blockCount(chip) * MIFARE_BLOCK_BYTES);
  memory.set(block0(fromHex(options.uid), chip));
  const trailer = Uint8Array.from([...new Array<number>(6).fill(0xff), ...encodeAccessBits(TRANSPORT_ACCESS), DELIVERY_GPB, ...new Array<number>(6).fill(0xff)]);
  for (let sector = 0; sector < sectorCount(chip); sector += 1) memory.set(trailer, trailerBlock(sector) * MIFARE_BLOCK_BYTES);
  return living(chip, options.uid, memory, parts);
}

/** Brings a snapshot to life again. Throws `SIM-INVALID` when it is of no MIFARE Classic. */
export function restoreMifareCard(snapshot: ChipSnapshot, parts: MifareCardParts): MifareCard {
  const chip = (Object.keys(KINDS) as MifareChip[]).find((name) => KINDS[name] === snapshot.kind);
  if (chip === undefined || !isMemory(snapshot.memory, chip)) throw new StationFault('SIM-INVALID', { field: 'chip', note: 'not the memory of a MIFARE Classic' });
  return living(chip, snapshot.uid, Uint8Array.from(Buffer.from(snapshot.memory.join(''), 'hex')), parts);
}

function living(chip: MifareChip, uid: string, memory: Uint8Array, parts: MifareCardParts): MifareCard {
  const behaviours = parts.behaviours ?? [];
  const model: MifareClassicChip = new MifareClassicChip(chip, fromHex(uid), memory, { behaviours, onChange: () => parts.onChange(snapshot()) });
  const snapshot = (): ChipSnapshot => ({ kind: KINDS[chip], uid, memory: model.dump() });
  return { uid, chip: model, snapshot };
}

function block0(uid: Uint8Array, chip: MifareChip): Uint8Array {
  const known = [SAK[chip], ATQA[chip], 0x00];
  if (uid.length === 4) return Uint8Array.from([...uid, uid.reduce((xor, byte) => xor ^ byte, 0), ...known, ...MAKER_DATA]);
  if (uid.length === 7) return Uint8Array.from([...uid, SAK[chip], ATQA[chip] | DOUBLE_SIZE_UID, 0x00, ...MAKER_DATA.slice(2)]);
  throw new StationFault('SIM-INVALID', { field: 'uid', note: 'a MIFARE Classic has a UID of 4 or 7 bytes' });
}

function isMemory(memory: unknown, chip: MifareChip): memory is readonly string[] {
  return Array.isArray(memory) && memory.length === blockCount(chip) && memory.every((block) => typeof block === 'string' && /^[0-9A-F]{32}$/i.test(block));
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
