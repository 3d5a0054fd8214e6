import { command, encodeCommand } from './apdu.ts';
import { PSEUDO_CLA } from './mifare-pcsc.ts';

/**
 * How a reader wants a value block changed; each command computes and transfers to the same block. `pcsc`: the PC/SC
 * amendment (part 3, 3.2.2.1.10). `acs`: FF D7 with an operation byte, most significant byte first. `omnikey`: FF D4 and
 * FF D8, least significant first. `identiv`: FF F0 with the chip's own C1 for increment; `scm`: the same with both
 * exchanged, as the SCL3711, SCL01x and SCM3712 manuals have it. FF D7 writes a whole sector on Identiv readers, so a
 * dialect is never guessed.
 */
export type ValueDialect = 'pcsc' | 'acs' | 'omnikey' | 'identiv' | 'scm';

export type ValueOperation = 'increment' | 'decrement';

export const VALUE_INS = { acs: 0xd7, increment: 0xd4, decrement: 0xd8, identiv: 0xf0, pcsc: 0xc2 } as const;

const PCSC_TAGS = { increment: 0xa0, decrement: 0xa1, destination: 0x80, amount: 0x81 } as const;
const ACS_OPERATION = { increment: 0x01, decrement: 0x02 } as const;
const ACS_RESTORE = 0x03;
const IDENTIV_OPERATION = { increment: 0xc1, decrement: 0xc0 } as const;
const SCM_OPERATION = { increment: 0xc0, decrement: 0xc1 } as const;
const PCSC_P2 = 0x03;

/** A change of a value block as a reader takes it. */
export interface ValueChange {
  readonly operation: ValueOperation;
  readonly block: number;
  /** 1 to 2^31 - 1. */
  readonly amount: number;
}

/** The command of a dialect. Throws `RangeError` for an amount or a block outside its range. */
export function valueCommand(dialect: ValueDialect, change: ValueChange): Uint8Array {
  const { operation, block, amount } = change;
  if (!Number.isInteger(amount) || amount < 1 || amount > 0x7fff_ffff) throw new RangeError(`a value block is not changed by ${amount}`);
  if (!Number.isInteger(block) || block < 0 || block > 0xff) throw new RangeError(`no block ${block}`);
  const high = [amount >>> 24, (amount >>> 16) & 0xff, (amount >>> 8) & 0xff, amount & 0xff];
  const low = high.toReversed();
  const send = (ins: number, p2: number, data: readonly number[]): Uint8Array => encodeCommand(command(PSEUDO_CLA, ins, 0, p2, Uint8Array.from(data)));
  switch (dialect) {
    case 'pcsc':
      return send(VALUE_INS.pcsc, PCSC_P2, [PCSC_TAGS[operation], 9, PCSC_TAGS.destination, 1, block, PCSC_TAGS.amount, 4, ...low]);
    case 'acs':
      return send(VALUE_INS.acs, block, [ACS_OPERATION[operation], ...high]);
    case 'omnikey':
      return send(VALUE_INS[operation], block, low);
    case 'identiv':
      return send(VALUE_INS.identiv, block, [IDENTIV_OPERATION[operation], block, ...low]);
    case 'scm':
      return send(VALUE_INS.identiv, block, [SCM_OPERATION[operation], block, ...low]);
  }
}

/** A copy of a value block to another block of the same sector: restore, then transfer (MF1S50yyX 8.6.2.1). The copy keeps the source's address byte. */
export interface ValueCopy {
  readonly from: number;
  readonly to: number;
}

/**
 * The command of a dialect that copies a value block; null for a dialect whose public documents name none. `acs`: FF D7
 * with operation 03 and the target block (ACR122T API 2.02, 5.5.3; ACR122L API, 6.7.5.3). Throws `RangeError` for a block outside its range.
 */
export function valueCopyCommand(dialect: ValueDialect, { from, to }: ValueCopy): Uint8Array | null {
  for (const block of [from, to]) if (!Number.isInteger(block) || block < 0 || block > 0xff) throw new RangeError(`no block ${block}`);
  return dialect === 'acs' ? encodeCommand(command(PSEUDO_CLA, VALUE_INS.acs, 0, from, Uint8Array.of(ACS_RESTORE, to))) : null;
}

/** What a command copies for a reader of a dialect; null when it is no copy of that dialect. */
export function parseValueCopy(dialect: ValueDialect, { ins, p1, p2, data }: { readonly ins: number; readonly p1: number; readonly p2: number; readonly data: Uint8Array }): ValueCopy | null {
  const [operation, to] = data;
  const isCopy = dialect === 'acs' && ins === VALUE_INS.acs && p1 === 0 && data.length === 2 && operation === ACS_RESTORE;
  return isCopy && to !== undefined ? { from: p2, to } : null;
}

/** What a command means to a reader of a dialect; null when it is none of that dialect. */
export function parseValueCommand(dialect: ValueDialect, { ins, p1, p2, data }: { readonly ins: number; readonly p1: number; readonly p2: number; readonly data: Uint8Array }): ValueChange | null {
  if (p1 !== 0) return null;
  const found = (['increment', 'decrement'] as const).flatMap((operation): readonly ValueChange[] => {
    const block = dialect === 'pcsc' ? (data[4] ?? 0) : p2;
    const tail = data.subarray(-4);
    const bytes = Buffer.from(dialect === 'acs' ? tail : Uint8Array.from(tail).reverse());
    if (bytes.length < 4) return [];
    const amount = bytes.readUInt32BE();
    if (amount < 1 || amount > 0x7fff_ffff) return [];
    const change = { operation, block, amount };
    const expected = valueCommand(dialect, change);
    return expected[1] === ins && expected[3] === p2 && Buffer.from(expected.subarray(5)).equals(data) ? [change] : [];
  });
  return found[0] ?? null;
}
