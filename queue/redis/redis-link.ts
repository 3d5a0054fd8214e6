import { Redis, type RedisOptions } from 'ioredis';
import { within, type Clock, type Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';
import { slotConnector } from './slot-connector.ts';
import { describeEndpoint, type RedisEndpoint, type RedisTls } from './redis-endpoint.ts';

/** Longest pause between two tries to reach the server, in milliseconds. */
const longestRetryMs = 2_000;

/** What a node answers that does not hold the key any more; it has done nothing then. */
const moved = 'MOVED ';
/** Connects anew and gives the command again (ioredis, reconnectOnError). */
const askAgain = 2;

export interface RedisLinkOptions {
  readonly endpoint: RedisEndpoint;
  readonly clock: Clock;
  /** Shown in the server's client list. */
  readonly name: string;
  /** Hears every error of the connection; an outage is reported here and mended by reconnecting. */
  readonly onError: (error: Error) => void;
}

/**
 * One connection to Redis that mends itself. Commands wait for the server through an outage until their deadline, so
 * every command goes through `run`.
 */
export interface RedisLink extends AsyncDisposable {
  readonly client: Redis;
  readonly endpoint: RedisEndpoint;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
  /** Runs a command under a wait. Throws `QUE-UNAVAILABLE` when the server does not answer in time or answers with an error. */
  run<T>(limit: Wait, command: (client: Redis) => Promise<T>): Promise<T>;
}

/** Connects and waits until the server answers. Throws `QUE-UNAVAILABLE`. */
export async function openRedisLink(options: RedisLinkOptions, limit: Wait): Promise<RedisLink> {
  const link = new IoredisLink(options);
  try {
    await link.run(limit, (client) => client.ping());
    return link;
  } catch (error) {
    await link[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Settings of every client (queue.md 1.2): no limit of retries a command, as BullMQ's blocking client demands, since
 * the deadline of the caller ends a wait; no loading timeout, as a server may read its file for seconds.
 */
function clientOptions(options: RedisLinkOptions): RedisOptions & { readonly replyMapping: 'legacy' } {
  return {
    connectionName: options.name,
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    enableReadyCheck: true,
    maxLoadingRetryTime: longestRetryMs,
    retryStrategy: (times) => Math.min(50 * times, longestRetryMs),
    ...addressOf(options.endpoint, options.clock),
    replyMapping: 'legacy',
  };
}

function addressOf(endpoint: RedisEndpoint, clock: Clock): RedisOptions {
  switch (endpoint.kind) {
    case 'socket':
      return { path: endpoint.path };
    case 'server':
      return { host: endpoint.host, port: endpoint.port, ...loginOf(endpoint), ...tlsOf(endpoint.tls) };
    case 'sentinel':
      return {
        sentinels: endpoint.sentinels.map(({ host, port }) => ({ host, port })),
        name: endpoint.name,
        ...loginOf(endpoint),
        ...(endpoint.sentinelPassword === undefined ? {} : { sentinelPassword: textOf(endpoint.sentinelPassword) }),
        ...tlsOf(endpoint.tls),
        ...sentinelTlsOf(endpoint.tls),
      };
    case 'cluster': {
      const login = { ...loginOf(endpoint), ...tlsOf(endpoint.tls) };
      return { ...login, Connector: slotConnector({ nodes: endpoint.nodes, key: endpoint.tag, login, clock }), reconnectOnError: (error) => (error.message.startsWith(moved) ? askAgain : false) };
    }
  }
}

function loginOf(endpoint: Exclude<RedisEndpoint, { readonly kind: 'socket' }>): RedisOptions {
  return {
    ...(endpoint.username === undefined ? {} : { username: endpoint.username }),
    ...(endpoint.password === undefined ? {} : { password: textOf(endpoint.password) }),
  };
}

/** A password that was read from a file may end with the file's last line break. */
function textOf(password: Secret): string {
  return password.use((bytes) => Buffer.from(bytes).toString('utf8').replace(/\r?\n$/, ''));
}

function tlsOf(tls: boolean | RedisTls = false): RedisOptions {
  if (typeof tls === 'boolean') return tls ? { tls: {} } : {};
  const { ca, certificate, key, serverName } = tls;
  return {
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key: textOf(key) }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    },
  };
}

/** The sentinels of a server on TLS speak it too. */
function sentinelTlsOf(tls: boolean | RedisTls = false): RedisOptions {
  const options = tlsOf(tls).tls;
  return options === undefined ? {} : { sentinelTLS: options, enableTLSForSentinelMode: true };
}

class IoredisLink implements RedisLink {
  readonly client: Redis;
  readonly endpoint: RedisEndpoint;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;

  constructor(options: RedisLinkOptions) {
    this.endpoint = options.endpoint;
    this.clock = options.clock;
    this.onError = options.onError;
    this.client = new Redis(clientOptions(options));
    this.client.on('error', this.onError);
  }

  async run<T>(limit: Wait, command: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await within(this.clock, limit, () => command(this.client));
    } catch (error) {
      throw unavailable(error, this.endpoint);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.disconnect();
    return Promise.resolve();
  }
}

/** Turns an error of a command into `QUE-UNAVAILABLE`; a fault with another meaning stays as it is. */
export function unavailable(error: unknown, endpoint: RedisEndpoint): StationFault {
  if (error instanceof StationFault && error.code !== 'LNK-TIMEOUT') return error;
  const note = error instanceof Error ? error.message : String(error);
  return new StationFault('QUE-UNAVAILABLE', { note: `${describeEndpoint(endpoint)}: ${note}` }, error);
}
