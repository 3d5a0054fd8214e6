import { StationFault, type FaultCode } from '../contracts/fault.ts';

/** Error numbers of PC/SC (pcsc-lite's pcsclite.h) by what they mean for the station. */
const meanings: ReadonlyMap<number, FaultCode> = new Map<number, FaultCode>([
  [0x8010000c, 'LNK-CARD-GONE'], // no smart card
  [0x80100016, 'LNK-CARD-GONE'], // not transacted
  [0x80100066, 'LNK-CARD-GONE'], // unresponsive
  [0x80100067, 'LNK-CARD-GONE'], // unpowered
  [0x80100068, 'LNK-CARD-GONE'], // reset by someone else
  [0x80100069, 'LNK-CARD-GONE'], // removed
  [0x80100003, 'LNK-SERVICE-GONE'], // invalid handle: the service was started anew
  [0x80100013, 'LNK-SERVICE-GONE'], // communication error
  [0x8010001d, 'LNK-SERVICE-GONE'], // no service
  [0x8010001e, 'LNK-SERVICE-GONE'], // service stopped
  [0x80100009, 'ENC-NO-READER'], // unknown reader
  [0x80100017, 'ENC-NO-READER'], // reader unavailable
  [0x8010000b, 'ENC-NO-READER'], // sharing violation: another program holds the card
]);

/** PC/SC's number for a card that was taken out; also what an empty answer means. */
export const REMOVED_CARD = 0x80100069;

const unanswered: ReadonlySet<number> = new Set([0x80100066, 0x80100067]);

/** Whether a refused connect says that a card is there and does not answer. */
export function meansMute(code: number): boolean {
  return unanswered.has(code);
}

/** Translates an error number of PC/SC; `LNK-PROTOCOL` for one that has no meaning of its own here. */
export function pcscFault(code: number, note: string): StationFault {
  return new StationFault(meanings.get(code) ?? 'LNK-PROTOCOL', { note, data: { pcsc: `0x${code.toString(16)}` } });
}

/** The number in an error text of the binding, `... (0x80100069)`; 0 when it holds none. */
export function pcscErrorNumber(text: string): number {
  const match = /\(0x([0-9a-f]{8})\)/i.exec(text);
  return match?.[1] === undefined ? 0 : Number.parseInt(match[1], 16);
}
