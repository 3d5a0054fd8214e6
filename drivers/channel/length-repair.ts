import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { encodeCommand, parseCommand, parseResponse } from '../codec/apdu.ts';
import { statusClass, statusLength } from '../codec/status-word.ts';

/**
 * A layer that repeats a command once with the Le that the card demands by 6Cxx (ISO/IEC 7816-4, 5.6). The card has
 * not carried the command out, so repeating it is safe; a second 6Cxx goes up unchanged.
 */
export function withLengthRepair(channel: ApduChannel): ApduChannel {
  return {
    async transmit(bytes: Uint8Array, limit: Wait): Promise<Uint8Array> {
      const response = await channel.transmit(bytes, limit);
      const { sw } = parseResponse(response);
      const sent = statusClass(sw) === 'length' ? parseCommand(bytes) : null;
      if (sent === null) return response;
      return channel.transmit(encodeCommand({ ...sent, le: statusLength(sw) }), limit);
    },
  };
}
