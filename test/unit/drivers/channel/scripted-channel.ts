import { expect } from 'vitest';
import type { ApduChannel } from '../../../../drivers/contracts/channel.ts';

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
export const limit = { signal: new AbortController().signal, timeoutMs: 1000 };

/** A channel that expects these commands in this order and gives these answers; `finished` fails when some were not sent. */
export function scripted(exchanges: readonly (readonly [command: string, response: string])[]): ApduChannel & { finished(): void } {
  let next = 0;
  return {
    async transmit(command) {
      const exchange = exchanges[next];
      next += 1;
      expect(text(command)).toBe(exchange?.[0].replaceAll(' ', ''));
      return hex(exchange?.[1] ?? '');
    },
    finished: () => expect(next).toBe(exchanges.length),
  };
}
