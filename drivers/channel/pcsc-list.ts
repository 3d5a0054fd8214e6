import { systemClock, within, type Clock, type Wait } from '../contracts/clock.ts';
import type { ReaderState } from './pcsc-messages.ts';
import { PcscReaderLink } from './pcsc-reader-link.ts';

export interface ListReadersOptions {
  /** Socket of a card service of its own (PCSCLITE_CSOCK_NAME); the computer's service unless given. */
  readonly socketPath?: string;
  readonly clock?: Clock;
  readonly limit: Wait;
}

/**
 * The readers a card service has, by name, with what is in them; none is connected to. Throws `LNK-SERVICE-GONE` when no
 * service answers, `LNK-TIMEOUT`, `STA-ABORTED`, `CFG-MISSING-PROGRAM` when PC/SC is not installed.
 */
export async function listPcscReaders(options: ListReadersOptions): Promise<readonly ReaderState[]> {
  await using link = PcscReaderLink.start(null, options.socketPath ?? null);
  return await within(options.clock ?? systemClock, options.limit, async () => {
    for (;;) {
      if (link.end !== null) throw link.end;
      if (link.readers !== null) return link.readers.toSorted((one, other) => one.name.localeCompare(other.name));
      await link.changed();
    }
  });
}
