import { timingSafeEqual } from 'node:crypto';
import { decodeAccessBits, keyBIsReadable, type DataAccess, type KeySet, type SectorAccess } from '../../drivers/codec/access-bits.ts';
import { accessGroup, blockCount, MIFARE_BLOCK_BYTES, sectorOf, trailerBlock, type MifareChip } from '../../drivers/codec/mifare-layout.ts';
import type { KeySlot } from '../../drivers/codec/mifare-pcsc.ts';
import { decodeValueBlock, encodeValueBlock } from '../../drivers/codec/mifare-value.ts';

/** What becomes of a block that is written: the new content as it lands, for cells that are worn or a field that is lost. */
export type WriteBehaviour = (block: number, before: Uint8Array, after: Uint8Array) => Uint8Array;

/** What a simulated chip is handed. */
export interface MifareClassicParts {
  /** Told after every change of the lasting memory, before the command is answered. */
  readonly onChange: () => void;
  /** Each changes what the one before it lets land. None for a healthy chip. */
  readonly behaviours?: readonly WriteBehaviour[];
}

interface OpenSector {
  readonly sector: number;
  readonly slot: KeySlot;
  /** False where key B is readable data: it authenticates and may do nothing (MF1S50yyX 8.7.2). */
  readonly usable: boolean;
}

const ACCESS_AT = 6;
const KEY_B_AT = 10;

/**
 * A MIFARE Classic chip by its native operations, which a reader drives: the state machine and the access conditions of
 * MF1S50yyX chapters 8.6 and 8.7. After every refusal the chip is halted and must be selected again. Key A is never
 * read; a sector whose access bits contradict themselves never opens again.
 */
export class MifareClassicChip {
  readonly chip: MifareChip;
  readonly uid: Uint8Array;
  readonly #memory: Uint8Array;
  readonly #parts: MifareClassicParts;
  #active = false;
  #open: OpenSector | null = null;
  #transferBuffer: Uint8Array | null = null;

  /** `memory` is the whole EEPROM, trailers with their keys included; it is taken over. */
  constructor(chip: MifareChip, uid: Uint8Array, memory: Uint8Array, parts: MifareClassicParts) {
    if (memory.length !== blockCount(chip) * MIFARE_BLOCK_BYTES) throw new RangeError(`a ${chip} has ${blockCount(chip)} blocks`);
    this.chip = chip;
    this.uid = uid;
    this.#memory = memory;
    this.#parts = parts;
  }

  /** Selects the chip: it answers again after a refusal, nothing is authenticated. */
  select(): void {
    this.#active = true;
    this.#close();
  }

  /** SAK and ATQA (low byte first) as block 0 keeps them: what the chip answers when it is selected. */
  identification(): Uint8Array {
    const at = this.uid.length === 4 ? 5 : 7;
    return this.#block(0).slice(at, at + 3);
  }

  /** The field is gone. */
  powerOff(): void {
    this.#active = false;
    this.#close();
  }

  /** Authenticates the sector of a block. A wrong key halts the chip. */
  authenticate(block: number, slot: KeySlot, key: Uint8Array): boolean {
    if (!this.#active || block < 0 || block >= blockCount(this.chip)) return this.#refuse();
    const sector = sectorOf(block);
    const trailer = this.#block(trailerBlock(sector));
    const access = decodeAccessBits(trailer.subarray(ACCESS_AT, ACCESS_AT + 3));
    const stored = slot === 'A' ? trailer.subarray(0, ACCESS_AT) : trailer.subarray(KEY_B_AT);
    if (access === null || key.length !== stored.length || !timingSafeEqual(key, stored)) return this.#refuse();
    this.#close();
    this.#open = { sector, slot, usable: slot === 'A' || !keyBIsReadable(access) };
    return true;
  }

  /** Whether the sector of a block stands authenticated. */
  isOpenAt(block: number): boolean {
    return this.#active && this.#open?.sector === sectorOf(block);
  }

  /** Reads a block of the open sector. Null when refused. */
  read(block: number): Uint8Array | null {
    const access = this.#accessOf(block);
    if (access === null) return this.#refused();
    if (block === trailerBlock(sectorOf(block))) return this.#readTrailer(block, access);
    return this.#may(dataAccess(access, block).read) ? Uint8Array.from(this.#block(block)) : this.#refused();
  }

  /** Writes a block of the open sector. Of a trailer the parts are written that the key may write. */
  write(block: number, data: Uint8Array): boolean {
    const access = this.#accessOf(block);
    if (access === null || block === 0 || data.length !== MIFARE_BLOCK_BYTES) return this.#refuse();
    if (block === trailerBlock(sectorOf(block))) return this.#writeTrailer(block, access, data);
    return this.#may(dataAccess(access, block).write) ? this.#program(block, data) : this.#refuse();
  }

  /** Increment, decrement or restore into the transfer buffer; nothing lasts before `transfer` (MF1S50yyX 8.6.2.1). */
  compute(operation: 'increment' | 'decrement' | 'restore', block: number, operand: number): boolean {
    const access = this.#accessOf(block);
    if (access === null || block === trailerBlock(sectorOf(block))) return this.#refuse();
    const conditions = dataAccess(access, block);
    const value = decodeValueBlock(this.#block(block));
    if (!this.#may(operation === 'increment' ? conditions.increment : conditions.decrement) || value === null) return this.#refuse();
    const sum = operation === 'restore' ? value.value : value.value + (operation === 'increment' ? operand : -operand);
    this.#transferBuffer = encodeValueBlock({ value: sum | 0, address: value.address });
    return true;
  }

  /** Writes the transfer buffer to a block of the open sector. */
  transfer(block: number): boolean {
    const access = this.#accessOf(block);
    const value = this.#transferBuffer;
    if (access === null || value === null || block === 0 || block === trailerBlock(sectorOf(block))) return this.#refuse();
    return this.#may(dataAccess(access, block).decrement) ? this.#program(block, value) : this.#refuse();
  }

  /** A copy of the whole EEPROM, one hexadecimal text a block. */
  dump(): readonly string[] {
    return Array.from({ length: blockCount(this.chip) }, (_, block) => Buffer.from(this.#block(block)).toString('hex').toUpperCase());
  }

  #readTrailer(block: number, access: SectorAccess): Uint8Array | null {
    if (!this.#may(access.trailer.readAccess)) return this.#refused();
    const visible = Uint8Array.from(this.#block(block)).fill(0, 0, ACCESS_AT);
    return this.#may(access.trailer.readKeyB) ? visible : visible.fill(0, KEY_B_AT);
  }

  #writeTrailer(block: number, access: SectorAccess, data: Uint8Array): boolean {
    const { writeKeyA, writeAccess, writeKeyB } = access.trailer;
    const next = Uint8Array.from(this.#block(block));
    const parts: readonly [KeySet, number, number][] = [
      [writeKeyA, 0, ACCESS_AT],
      [writeAccess, ACCESS_AT, KEY_B_AT],
      [writeKeyB, KEY_B_AT, MIFARE_BLOCK_BYTES],
    ];
    const allowed = parts.filter(([keys]) => this.#may(keys));
    if (allowed.length === 0) return this.#refuse();
    for (const [, from, to] of allowed) next.set(data.subarray(from, to), from);
    return this.#program(block, next);
  }

  #program(block: number, data: Uint8Array): boolean {
    const before = Uint8Array.from(this.#block(block));
    const behaviours = this.#parts.behaviours ?? [];
    const landed = behaviours.reduce((after, behaviour) => behaviour(block, before, after), data);
    this.#memory.set(landed, block * MIFARE_BLOCK_BYTES);
    this.#parts.onChange();
    return true;
  }

  /** The conditions of the open sector when this block is in it and its key may do anything at all. */
  #accessOf(block: number): SectorAccess | null {
    if (!this.#active || this.#open === null || !this.#open.usable || block < 0 || block >= blockCount(this.chip)) return null;
    if (sectorOf(block) !== this.#open.sector) return null;
    return decodeAccessBits(this.#block(trailerBlock(this.#open.sector)).subarray(ACCESS_AT, ACCESS_AT + 3));
  }

  #may(keys: KeySet): boolean {
    return this.#open !== null && keys !== 'never' && keys.includes(this.#open.slot);
  }

  #refuse(): false {
    this.#active = false;
    this.#close();
    return false;
  }

  #refused(): null {
    this.#refuse();
    return null;
  }

  #close(): void {
    this.#open = null;
    this.#transferBuffer = null;
  }

  #block(block: number): Uint8Array {
    return this.#memory.subarray(block * MIFARE_BLOCK_BYTES, (block + 1) * MIFARE_BLOCK_BYTES);
  }
}

function dataAccess(access: SectorAccess, block: number): DataAccess {
  return access.data[accessGroup(block) as 0 | 1 | 2];
}
