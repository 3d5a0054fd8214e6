import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis';
import type { Clock } from '../../drivers/contracts/clock.ts';

/** How long one node may take to say who holds a slot, in milliseconds. */
const askTimeoutMs = 2_000;
const pauseMs = 200;
const disconnectTimeoutMs = 2_000;

/** A node of a Redis Cluster. */
export interface ClusterNode {
  readonly host: string;
  readonly port: number;
}

/** What finding the holder of our keys needs. */
export interface SlotPlace {
  /** Nodes that are asked first; one that answers is enough. */
  readonly nodes: readonly ClusterNode[];
  /** Any of our keys: they all share a slot by their hash tag. */
  readonly key: string;
  /** User, password and TLS, the same at every node. */
  readonly login: RedisOptions;
  readonly clock: Clock;
}

/**
 * A way to the one node of a Redis Cluster that holds our keys: all of them share a slot, so one connection serves, and what
 * is asked of a server (its settings, its run) is asked of that node. Each new connection asks the cluster anew; it
 * waits as long as nobody answers.
 */
export function slotConnector(place: SlotPlace): NonNullable<RedisOptions['Connector']> {
  return class extends AbstractConnector {
    #known: readonly ClusterNode[] = place.nodes;
    #given = new AbortController();

    // The client's options are handed over here; everything that counts is in the place.
    constructor() {
      super(disconnectTimeoutMs);
    }

    override async connect(emit: (type: string, error: Error) => void): ReturnType<AbstractConnector['connect']> {
      this.connecting = true;
      this.#given = new AbortController();
      const { host, port } = await this.#holder(emit, this.#given.signal);
      const { tls } = place.login;
      this.stream = tls === undefined ? connectTcp({ host, port }) : connectTls({ ...tls, host, port });
      this.stream.once('error', (error) => { this.firstError = error; });
      return this.stream;
    }

    override disconnect(): void {
      this.#given.abort();
      super.disconnect();
    }

    async #holder(emit: (type: string, error: Error) => void, signal: AbortSignal): Promise<ClusterNode> {
      for (;;) {
        for (const node of this.#known) {
          try {
            const { holder, all } = await askNode(node, place);
            this.#known = [...place.nodes, ...all.filter((other) => !place.nodes.some((own) => isSame(own, other)))];
            if (holder !== null) return holder;
          } catch (error) {
            emit('error', new Error(`${node.host}:${node.port} does not say who holds our keys`, { cause: error }));
          }
        }
        await place.clock.sleep(pauseMs, signal);
      }
    }
  };
}

function isSame(one: ClusterNode, other: ClusterNode): boolean {
  return one.host === other.host && one.port === other.port;
}

/** Asks one node for the map of the cluster (CLUSTER SLOTS). A node that does not know its own address names itself by none. */
async function askNode(node: ClusterNode, { key, login }: SlotPlace): Promise<{ readonly holder: ClusterNode | null; readonly all: readonly ClusterNode[] }> {
  const once: RedisOptions & { readonly replyMapping: 'legacy' } = { ...node, ...login, lazyConnect: true, retryStrategy: () => null, connectTimeout: askTimeoutMs, commandTimeout: askTimeoutMs, replyMapping: 'legacy' };
  const asker = new Redis(once);
  asker.on('error', () => undefined);
  try {
    await asker.connect();
    const slot = await asker.cluster('KEYSLOT', key);
    const map = (await asker.cluster('SLOTS')).map(([first, last, ...nodes]) => ({ first, last, nodes: nodes.map(([host, port]) => ({ host: host || node.host, port })) }));
    const [holder = null] = map.find(({ first, last }) => first <= slot && slot <= last)?.nodes ?? [];
    return { holder, all: map.flatMap(({ nodes }) => nodes) };
  } finally {
    asker.disconnect();
  }
}
