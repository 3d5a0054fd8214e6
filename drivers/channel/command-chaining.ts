import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { encodeCommand, parseCommand, parseResponse } from '../codec/apdu.ts';
import { statusWord } from '../codec/status-word.ts';

const chainingBit = 0x10;
const maxShortData = 255;
const maxShortLe = 256;

/**
 * A layer that sends a command whose data is longer than a short APDU holds as a chain of short ones, class bit 5 set
 * in all but the last (ISO/IEC 7816-4, 5.3.3). A card that refuses a link ends the chain: its answer is the answer.
 * Le over 256 becomes 256: the rest of a long answer comes by GET RESPONSE.
 */
export function withCommandChaining(channel: ApduChannel, maxDataBytes: number = maxShortData): ApduChannel {
  return {
    async transmit(bytes: Uint8Array, limit: Wait): Promise<Uint8Array> {
      const whole = parseCommand(bytes);
      if (whole === null || (!whole.extended && whole.data.length <= maxDataBytes)) return channel.transmit(bytes, limit);
      const le = whole.le === null ? null : Math.min(whole.le, maxShortLe);
      let from = 0;
      for (; whole.data.length - from > maxDataBytes; from += maxDataBytes) {
        const link = { ...whole, cla: whole.cla | chainingBit, data: whole.data.subarray(from, from + maxDataBytes), le: null };
        const response = await transmitAndWipe(channel, encodeCommand(link), limit);
        if (parseResponse(response).sw !== statusWord.ok) return response;
      }
      return transmitAndWipe(channel, encodeCommand({ ...whole, data: whole.data.subarray(from), le }), limit);
    },
  };
}

/** A link is a copy of what may be a key: it does not outlive its sending. */
async function transmitAndWipe(channel: ApduChannel, link: Uint8Array, limit: Wait): Promise<Uint8Array> {
  try {
    return await channel.transmit(link, limit);
  } finally {
    link.fill(0);
  }
}
