import { parseResponse } from '../codec/apdu.ts';
import { getUid, isUid } from '../codec/mifare-pcsc.ts';
import { statusWord } from '../codec/status-word.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';

/** A UID that was cut on its way is asked for again: the question changes nothing. */
const TRIES = 3;

/**
 * UID of the contactless chip in a reader, in its own words (PC/SC part 3, 3.2.2.1.3); null when it tells none. An answer
 * that cannot be a UID is not believed. Throws `LNK-PROTOCOL` when it comes again and again.
 */
export async function readChipUid(channel: ApduChannel, limit: Wait): Promise<Uint8Array | null> {
  let lengthBytes = 0;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { data, sw } = parseResponse(await channel.transmit(getUid(), limit));
    if (sw !== statusWord.ok || data.length === 0) return null;
    if (isUid(data)) return Uint8Array.from(data);
    lengthBytes = data.length;
  }
  throw new StationFault('LNK-PROTOCOL', { note: `the reader tells a UID of ${lengthBytes} bytes` });
}
