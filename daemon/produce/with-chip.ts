import type { CardReader } from '../../drivers/contracts/channel.ts';
import type { Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { CardStation } from '../../drivers/contracts/printer.ts';
import type { ChipInReader, StationParts } from './station-parts.ts';

/**
 * Brings the card inside to a chip station, connects to its chip, and does one piece of work under the bench's
 * limits. Throws `PRN-CAPABILITY` when the bench has no such station, else what printer, reader and work throw.
 */
export async function withChip<T>(parts: StationParts, station: CardStation, signal: AbortSignal, work: (chip: ChipInReader, limit: Wait) => Promise<T>): Promise<T> {
  const { bench } = parts;
  const { position } = await bench.printer.examine({ signal, timeoutMs: bench.limits.queryTimeoutMs });
  if (position !== station) await bench.printer.move(station, { signal, timeoutMs: bench.limits.moveTimeoutMs });
  const reader = readerOf(parts, station);
  await using connection = await reader.connect({ signal, timeoutMs: bench.limits.presenceTimeoutMs });
  return await work({ connection, reader: reader.name }, { signal, timeoutMs: bench.limits.exchangeTimeoutMs });
}

function readerOf(parts: StationParts, station: CardStation): CardReader {
  const reader = station === 'contactless' ? parts.bench.contactless : parts.bench.contact;
  if (reader === null) throw new StationFault('PRN-CAPABILITY', { note: `no ${station} station` });
  return reader;
}
