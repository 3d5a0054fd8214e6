import type { Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { RedisLink } from './redis-link.ts';

/** Settings that must stand so, and why (queue.md 1.2): a server without them forgets what it acknowledged. */
const demanded: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  'no-appendfsync-on-rewrite': 'no',
  'maxmemory-policy': 'noeviction',
};

/** Reads a server's `INFO` answer into its fields. */
export function parseInfo(info: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (!line.startsWith('#') && colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}

/** The first thing that makes a server unsafe, or null. Pure: `info` and `config` are what the server told. */
export function unsafeSetting(info: ReadonlyMap<string, string>, config: ReadonlyMap<string, string>): string | null {
  if (info.get('role') !== 'master') return `role ${info.get('role') ?? 'unknown'} (a replica must not be written to)`;
  for (const [name, value] of Object.entries(demanded)) {
    if (config.get(name) !== value) return `${name} ${config.get(name) ?? 'unknown'} (must be ${value})`;
  }
  if (info.get('aof_enabled') !== '1') return 'appendonly (the append-only file is not open)';
  if (info.get('aof_last_write_status') !== 'ok') return 'aof_last_write_status (the server could not write its file)';
  return null;
}

/**
 * The start-up gate: throws `QUE-UNSAFE` naming the setting when the server does not keep what it acknowledges (no
 * append-only file, not synced always, evicting, a replica) or does not take a write: `PING` also answers on a server
 * that refuses writes. Throws `QUE-UNAVAILABLE` when it does not answer.
 */
export async function checkRedisIsSafe(link: RedisLink, prefix: string, limit: Wait): Promise<void> {
  const info = parseInfo(await link.run(limit, (client) => client.info()));
  const setting = unsafeSetting(info, await readConfig(link, limit));
  if (setting !== null) throw new StationFault('QUE-UNSAFE', { field: setting });
  try {
    await link.run(limit, (client) => client.set(`${prefix}:gate`, info.get('run_id') ?? ''));
  } catch (error) {
    throw refusal(error, 'a write was refused');
  }
}

async function readConfig(link: RedisLink, limit: Wait): Promise<ReadonlyMap<string, string>> {
  const config = new Map<string, string>();
  for (const name of Object.keys(demanded)) {
    try {
      const answer = await link.run(limit, (client) => client.config('GET', name));
      if (Array.isArray(answer)) config.set(String(answer[0]), String(answer[1]));
    } catch (error) {
      throw refusal(error, 'CONFIG GET was refused (grant +config|get to this user)');
    }
  }
  return config;
}

/** An answer of the server that says no is unsafe; a server that does not answer is unavailable. */
function refusal(error: unknown, what: string): unknown {
  const cause = error instanceof StationFault ? error.cause : error;
  if (!(cause instanceof Error) || cause.name !== 'ReplyError') return error;
  return new StationFault('QUE-UNSAFE', { field: `${what}: ${cause.message.split(' ')[0] ?? ''}` }, cause);
}
