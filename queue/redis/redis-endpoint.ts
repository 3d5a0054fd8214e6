import type { Secret } from '../../drivers/contracts/secret.ts';

/** Where a Redis server listens: a unix socket (the embedded one) or a server on the network. */
export type RedisEndpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'server';
      readonly host: string;
      readonly port: number;
      readonly username?: string;
      readonly password?: Secret;
      readonly tls?: boolean | RedisTls;
    }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly { readonly host: string; readonly port: number }[];
      readonly name: string;
      readonly username?: string;
      readonly password?: Secret;
      /** What the sentinels themselves ask for. */
      readonly sentinelPassword?: Secret;
      readonly tls?: boolean | RedisTls;
    }
  | {
      readonly kind: 'cluster';
      /** Nodes that are asked who holds our keys; user, password and TLS are the same at every node. */
      readonly nodes: readonly { readonly host: string; readonly port: number }[];
      /** The hash tag that puts all our keys into one slot, such as `{kortverk}`. */
      readonly tag: string;
      readonly username?: string;
      readonly password?: Secret;
      readonly tls?: boolean | RedisTls;
    };

/** What a TLS link to a server needs beyond the computer's own authorities; PEM texts. */
export interface RedisTls {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: Secret;
  /** The name in the server's certificate, where it is not the host's. */
  readonly serverName?: string;
}

/** The endpoint as it may be shown and logged: without user and password. */
export function describeEndpoint(endpoint: RedisEndpoint): string {
  switch (endpoint.kind) {
    case 'socket':
      return `unix:${endpoint.path}`;
    case 'server':
      return `${(endpoint.tls ?? false) === false ? 'redis' : 'rediss'}://${endpoint.host}:${endpoint.port}`;
    case 'sentinel':
      return `sentinel:${endpoint.name}`;
    case 'cluster':
      return `cluster:${endpoint.nodes.map(({ host, port }) => `${host}:${port}`).join(',')}`;
  }
}
