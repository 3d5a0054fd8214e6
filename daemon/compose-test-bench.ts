import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { openCore } from './compose-core.ts';
import { readStationConfig } from './config/read-config.ts';
import type { ChipInReader, ChipWork } from './produce/station-parts.ts';

/** A bench with one blank in it: the chip stations in turn, and what to do with the card at the end. */
export interface TestBench extends AsyncDisposable {
  readonly chips: ChipWork;
  /** Connects to the chip at a station, moving the card there first. */
  at(station: 'contactless' | 'contact'): Promise<ChipInReader & AsyncDisposable>;
  readonly limit: Wait;
}

/** The bench of a configuration, its journal held meanwhile, so that no station works there at the same time. */
export async function openRealBench(configFile: string, clock: Clock, limit: Wait): Promise<TestBench> {
  await using opened = new DisposalStack();
  const { core } = opened.use(await openCore(await readStationConfig(configFile), clock, { effect: () => undefined, crosschecked: () => undefined }, limit.signal));
  const { printer, limits, contactless, contact } = core.parts.bench;
  const moveLimit: Wait = { signal: limit.signal, timeoutMs: limits.moveTimeoutMs };
  const readers = { contactless, contact };
  let station: 'contactless' | 'contact' = 'contactless';
  await printer.feed(station, moveLimit);
  opened.defer(() => printer.eject('reject', moveLimit));
  const held = opened.move();
  return {
    chips: core.parts.chips,
    limit: { signal: limit.signal, timeoutMs: limits.exchangeTimeoutMs },
    async at(wanted) {
      const reader = readers[wanted];
      if (reader === null) throw new StationFault('ENC-NO-READER', { note: `the bench has no ${wanted} station` });
      if (wanted !== station) await printer.move(wanted, moveLimit);
      station = wanted;
      const connection = await reader.connect({ signal: limit.signal, timeoutMs: limits.presenceTimeoutMs });
      return { connection, reader: reader.name, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}
