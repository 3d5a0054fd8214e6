import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, type Wait } from '../../../drivers/contracts/clock.ts';
import { openEmbeddedRedis, type EmbeddedRedis } from '../../../queue/redis/embedded-redis.ts';
import { openRedisLink, type RedisLink } from '../../../queue/redis/redis-link.ts';
import { temporaryFolder, type TemporaryFolder } from '../temporary-folder.ts';

/** A wait that no test should come near. */
export function patience(timeoutMs = 15_000): Wait {
  return { signal: new AbortController().signal, timeoutMs };
}

/** A Redis server of a test's own, with a past that can be taken from it. */
export class TestRedis implements AsyncDisposable {
  readonly #folder: TemporaryFolder;
  #server: EmbeddedRedis;
  readonly #links: RedisLink[] = [];

  private constructor(folder: TemporaryFolder, server: EmbeddedRedis) {
    this.#folder = folder;
    this.#server = server;
  }

  static async open(): Promise<TestRedis> {
    const folder = await temporaryFolder('redis');
    return new TestRedis(folder, await openEmbeddedRedis({ dir: folder.path, clock: systemClock }, patience()));
  }

  get server(): EmbeddedRedis {
    return this.#server;
  }

  /** A connection that lives as long as the server. Errors of an outage that a test makes are not of interest. */
  async link(onError: (error: Error) => void = () => undefined): Promise<RedisLink> {
    const link = await openRedisLink({ endpoint: this.#server.endpoint, clock: systemClock, name: 'test', onError }, patience());
    this.#links.push(link);
    return link;
  }

  /** The server ends and comes back with all that it acknowledged; in between `change` may touch its data folder. */
  async restart(change: (dataDir: string) => Promise<void> = async () => Promise.resolve()): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await change(join(this.#folder.path, 'data'));
    this.#server = await openEmbeddedRedis({ dir: this.#folder.path, clock: systemClock }, patience());
  }

  /** The server comes back without any memory. */
  async forgetAll(): Promise<void> {
    await this.restart(async (dataDir) => rm(dataDir, { recursive: true }));
  }

  /** Gives the way back to the present: the server then comes back with its memory of now. */
  async remember(): Promise<() => Promise<void>> {
    const copy = join(this.#folder.path, 'remembered');
    await this.restart(async (dataDir) => cp(dataDir, copy, { recursive: true }));
    return async () =>
      this.restart(async (dataDir) => {
        await rm(dataDir, { recursive: true });
        await cp(copy, dataDir, { recursive: true });
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links) await link[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}
