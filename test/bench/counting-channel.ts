import type { ApduChannel } from '../../drivers/contracts/channel.ts';

/** A channel that counts and times what passes. */
export interface CountingChannel extends ApduChannel {
  readonly counted: { apdus: number; ms: number };
}

/** Wraps a channel; every exchange is counted, whoever makes it. */
export function countingChannel(inner: ApduChannel): CountingChannel {
  const counted = { apdus: 0, ms: 0 };
  return {
    counted,
    async transmit(command, limit) {
      const start = performance.now();
      try {
        return await inner.transmit(command, limit);
      } finally {
        counted.apdus += 1;
        counted.ms += performance.now() - start;
      }
    },
  };
}
