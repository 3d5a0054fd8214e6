import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import type { DisposalStack } from '../drivers/contracts/disposal.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { Secret } from '../drivers/contracts/secret.ts';
import { openEmbeddedRedis } from '../queue/redis/embedded-redis.ts';
import type { RedisEndpoint, RedisTls } from '../queue/redis/redis-endpoint.ts';
import type { RemoteQueue, StationConfig } from './config/station-config.ts';

/** Before every key: in braces, so that all keys of one operation lie in one slot of a cluster. */
export const redisPrefix = '{kortverk}';

/** Where the station's queue is: its own server, started here and ended with `opened`, or the configured one. Throws `CFG-INVALID` for a file that cannot be read. */
export async function redisEndpoint({ queue, dataDir }: StationConfig, clock: Clock, opened: DisposalStack, limit: Wait): Promise<RedisEndpoint> {
  if (queue.kind === 'embedded') return opened.use(await openEmbeddedRedis({ dir: join(dataDir, 'redis'), clock }, limit)).endpoint;
  return remoteEndpoint(queue);
}

/** The endpoint of a configured server, with what its files say. Throws `CFG-INVALID` for a file that cannot be read. */
export function remoteEndpoint(queue: RemoteQueue): RedisEndpoint {
  const login = {
    tls: tlsOf(queue.tls),
    ...(queue.username === undefined ? {} : { username: queue.username }),
    ...(queue.passwordFile === undefined ? {} : { password: secretOf('queue.passwordFile', queue.passwordFile) }),
  };
  switch (queue.kind) {
    case 'server':
      return { kind: 'server', host: queue.host, port: queue.port, ...login };
    case 'sentinel':
      return {
        kind: 'sentinel',
        sentinels: queue.sentinels,
        name: queue.name,
        ...(queue.sentinelPasswordFile === undefined ? {} : { sentinelPassword: secretOf('queue.sentinelPasswordFile', queue.sentinelPasswordFile) }),
        ...login,
      };
    case 'cluster':
      return { kind: 'cluster', nodes: queue.nodes, tag: redisPrefix, ...login };
  }
}

function tlsOf(tls: RemoteQueue['tls']): boolean | RedisTls {
  if (typeof tls === 'boolean') return tls;
  const { caFile, certificateFile, keyFile, serverName } = tls;
  return {
    ...(caFile === undefined ? {} : { ca: read('queue.tls.caFile', caFile).toString('utf8') }),
    ...(certificateFile === undefined ? {} : { certificate: read('queue.tls.certificateFile', certificateFile).toString('utf8') }),
    ...(keyFile === undefined ? {} : { key: secretOf('queue.tls.keyFile', keyFile) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function secretOf(field: string, file: string): Secret {
  return Secret.take(read(field, file));
}

function read(field: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field, note: `${file} cannot be read` }, error);
  }
}
