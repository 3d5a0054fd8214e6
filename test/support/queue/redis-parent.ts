import { systemClock } from '../../../drivers/contracts/clock.ts';
import { asStationFault } from '../../../drivers/contracts/fault.ts';
import { openEmbeddedRedis } from '../../../queue/redis/embedded-redis.ts';

/** Opens the embedded Redis of a folder, prints the server's process id or the fault's code, and stays until it is ended. */
const [dir = ''] = process.argv.slice(2);

async function serve(): Promise<void> {
  const until = new AbortController();
  process.once('SIGTERM', () => until.abort());
  await using redis = await openEmbeddedRedis({ dir, clock: systemClock, predecessorTimeoutMs: 1_000 }, { signal: until.signal, timeoutMs: 10_000 });
  process.stdout.write(`${redis.pid()}\n`);
  await systemClock.sleep(60_000, until.signal).catch(() => undefined);
}

try {
  await serve();
} catch (error) {
  process.stdout.write(`${asStationFault(error).code}\n`);
}
