import type { ApduChannel } from '../contracts/channel.ts';
import { withCommandChaining } from './command-chaining.ts';
import { withGetResponse } from './get-response.ts';
import { withLengthRepair } from './length-repair.ts';

/** A bare card channel made whole for encoders: long commands go out as chains, long answers come in one piece, a wrong Le is repaired. */
export function withCardLayers(channel: ApduChannel): ApduChannel {
  return withCommandChaining(withGetResponse(withLengthRepair(channel)));
}
