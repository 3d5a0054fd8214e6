import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import { command, encodeCommand, encodeResponse, parseResponse } from '../codec/apdu.ts';
import { statusLength } from '../codec/status-word.ts';

/** Rounds of GET RESPONSE after one command: 64 KiB in the smallest parts a sensible card sends. */
const defaultMaxRounds = 512;
/** The same channel bit of the class byte, kept for GET RESPONSE; chaining and secure messaging bits are not. */
const channelMask = 0x03;

/**
 * A layer that fetches what a card announces by 61xx with GET RESPONSE (ISO/IEC 7816-4, 11.1) and gives the whole
 * answer with the last status word. Throws `LNK-PROTOCOL` when the card does not come to an end.
 */
export function withGetResponse(channel: ApduChannel, maxRounds: number = defaultMaxRounds): ApduChannel {
  return {
    async transmit(bytes: Uint8Array, limit: Wait): Promise<Uint8Array> {
      let part = parseResponse(await channel.transmit(bytes, limit));
      const parts: Uint8Array[] = [part.data];
      for (let rounds = 0; part.sw >> 8 === 0x61; rounds += 1) {
        if (rounds === maxRounds) throw new StationFault('LNK-PROTOCOL', { note: `an answer that goes on after ${maxRounds} parts` });
        const fetch = command((bytes[0] ?? 0) & channelMask, 0xc0, 0, 0, undefined, statusLength(part.sw));
        part = parseResponse(await channel.transmit(encodeCommand(fetch), limit));
        parts.push(part.data);
      }
      return encodeResponse(Buffer.concat(parts), part.sw);
    },
  };
}
