import type { ApduChannel } from '../contracts/channel.ts';
import type { Clock, Wait } from '../contracts/clock.ts';
import { asStationFault } from '../contracts/fault.ts';
import { parseCommand, parseResponse } from '../codec/apdu.ts';
import { describeStatusWord } from '../codec/status-word.ts';

/** Instructions whose data, and whose answers, may be shown: selecting, asking for public objects and identifiers. */
const openInstructions: ReadonlySet<number> = new Set([
  0xa4, // SELECT
  0xca, // GET DATA, Get UID of a reader
  0xfd, // version
  0xf8, // serial number
]);

/** Data objects of a PIV card (SP 800-73) that anyone may see: capability container and discovery object. */
const openObjects: ReadonlySet<string> = new Set(['5c035fc107', '5c017e']);

/**
 * A layer that tells one line an exchange: header, lengths, status word, microseconds. Bytes are shown only of
 * instructions known to carry nothing secret or personal; of all others (VERIFY, CHANGE REFERENCE DATA, LOAD KEYS,
 * GENERAL AUTHENTICATE, PUT DATA, block reads, anything unknown) the length alone.
 */
export function withTrace(channel: ApduChannel, clock: Clock, tell: (line: string) => void): ApduChannel {
  return {
    async transmit(bytes: Uint8Array, limit: Wait): Promise<Uint8Array> {
      const started = clock.steady();
      const sent = describeCommand(bytes);
      try {
        const response = await channel.transmit(bytes, limit);
        tell(`${sent.text} -> ${describeResponse(response, sent.open)} ${elapsed(clock, started)}`);
        return response;
      } catch (error) {
        tell(`${sent.text} -> ${asStationFault(error).code} ${elapsed(clock, started)}`);
        throw error;
      }
    },
  };
}

function elapsed(clock: Clock, started: number): string {
  return `${Math.round((clock.steady() - started) * 1000)} us`;
}

function describeCommand(bytes: Uint8Array): { readonly text: string; readonly open: boolean } {
  const apdu = parseCommand(bytes);
  if (apdu === null) return { text: `${bytes.length} bytes that are no command`, open: false };
  const header = hex(bytes.subarray(0, 4));
  const open = openInstructions.has(apdu.ins) || (apdu.ins === 0xcb && openObjects.has(hex(apdu.data)));
  return { text: apdu.data.length === 0 ? header : `${header} ${shown(apdu.data, open)}`, open };
}

function describeResponse(bytes: Uint8Array, open: boolean): string {
  const { data, sw } = parseResponse(bytes);
  return data.length === 0 ? describeStatusWord(sw) : `${shown(data, open)} ${describeStatusWord(sw)}`;
}

function shown(data: Uint8Array, open: boolean): string {
  return open ? hex(data) : `[${data.length} bytes]`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
