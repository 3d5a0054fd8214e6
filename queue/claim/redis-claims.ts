import type { Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Outcome } from '../journal/journal-entry.ts';
import { isFinal } from '../journal/journal-fold.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { barrierScript, claimScript, finishScript, holdsScript, passOnScript, publishScript, releaseScript } from './claim-scripts.ts';
import type { ClaimAnswer, Claims, EndedOrder, OwnedOrder } from './claims.ts';

/** Orders told in one call: a script must not hold the server for long. */
const publishedAtOnce = 500;
/** How often publishing starts anew when the server restarts in between. */
const publishTries = 5;

export interface RedisClaimsOptions {
  /** Stays the caller's: disposal of the claims leaves it open. */
  readonly link: RedisLink;
  readonly stationId: string;
  /** All stations that share the server, this one among them. */
  readonly stations: readonly string[];
  /** Before every key; put it in braces for a cluster: `{kortverk}`. */
  readonly prefix: string;
}

/** Opens the claims of one station on a Redis server that passed the gate. Throws `CFG-INVALID` when the station is not one of `stations`. */
export function openRedisClaims(options: RedisClaimsOptions): Claims {
  if (!options.stations.includes(options.stationId)) throw new StationFault('CFG-INVALID', { field: 'stations', note: `${options.stationId} is not among them` });
  return new RedisClaims(options);
}

/** The keys of the claim server's scripts, in their order; under one prefix they share a slot of a cluster. */
export function claimKeys(prefix: string): readonly string[] {
  return ['claims', 'done', 'fence', 'barrier', 'attempts', 'void', 'retired'].map((name) => `${prefix}:${name}`);
}

class RedisClaims implements Claims {
  readonly #options: RedisClaimsOptions;
  readonly #keys: readonly string[];

  constructor(options: RedisClaimsOptions) {
    this.#options = options;
    this.#keys = claimKeys(options.prefix);
  }

  async claim(orderId: string, limit: Wait): Promise<ClaimAnswer> {
    const { stationId, stations } = this.#options;
    const [kind = '', ...values] = texts(await this.#eval(claimScript, [orderId, stationId, ...stations], limit));
    switch (kind) {
      case 'claimed':
        return { kind, fence: Number(values[0]), ...(Number(values[1]) > 0 ? { attemptsBefore: Number(values[1]) } : {}) };
      case 'foreign':
        return { kind, station: values[0] ?? '' };
      case 'barrier':
        return { kind, waitingFor: values };
      case 'done':
        return { kind, outcome: outcomeOf(values[0]), station: values[1] ?? '' };
      default:
        throw new StationFault('QUE-UNAVAILABLE', { note: `the claim script answered ${kind}` });
    }
  }

  async holds(orderId: string, fence: number, limit: Wait): Promise<boolean> {
    return (await this.#eval(holdsScript, [orderId, this.#options.stationId, String(fence)], limit)) === 1;
  }

  async finish(orderId: string, fence: number, outcome: Outcome, limit: Wait): Promise<void> {
    const final = isFinal(outcome) ? outcome : '';
    const [kind, other] = texts(await this.#eval(finishScript, [orderId, this.#options.stationId, String(fence), final], limit));
    if (kind !== 'ok') throw new StationFault('QUE-FENCED', { note: `the claim server has: ${other ?? ''}`, data: { orderId, fence } });
  }

  async release(orderId: string, fence: number, limit: Wait): Promise<void> {
    await this.#eval(releaseScript, [orderId, this.#options.stationId, String(fence)], limit);
  }

  async passOn(orderId: string, fence: number, attempt: number, limit: Wait): Promise<boolean> {
    return (await this.#eval(passOnScript, [orderId, this.#options.stationId, String(fence), String(attempt)], limit)) === 1;
  }

  async ended(orderIds: readonly string[], limit: Wait): Promise<ReadonlyMap<string, EndedOrder>> {
    const found = new Map<string, EndedOrder>();
    for (let start = 0; start < orderIds.length; start += publishedAtOnce) {
      const some = orderIds.slice(start, start + publishedAtOnce);
      const answers = await this.#options.link.run(limit, (client) => client.hmget(`${this.#options.prefix}:done`, ...some));
      for (const [index, text] of answers.entries()) {
        const [, outcome, station] = /^\d+ (\S+) (.*)$/.exec(text ?? '') ?? [];
        if (outcome !== undefined && station !== undefined) found.set(some[index] ?? '', { outcome: outcomeOf(outcome), station });
      }
    }
    return found;
  }

  async publish(owned: readonly OwnedOrder[], highestFence: number, limit: Wait): Promise<void> {
    const highest = owned.reduce((fence, order) => Math.max(fence, order.fence), highestFence);
    for (let tries = 0; tries < publishTries; tries += 1) {
      const run = await this.#publishOrders(owned, limit);
      if (run !== null && (await this.#eval(barrierScript, [this.#options.stationId, String(highest), run], limit)) === 1) return;
    }
    throw new StationFault('QUE-UNAVAILABLE', { note: 'the server restarted again and again while this station published' });
  }

  /** The run of the server that took all orders, or null when it was not one and the same. */
  async #publishOrders(owned: readonly OwnedOrder[], limit: Wait): Promise<string | null> {
    const runs = new Set<string>();
    for (let start = 0; start === 0 || start < owned.length; start += publishedAtOnce) {
      const orders = owned.slice(start, start + publishedAtOnce);
      const values = orders.flatMap(({ orderId, fence, outcome, attempt = 0 }) => [orderId, String(fence), isFinal(outcome) ? String(outcome) : '', String(attempt)]);
      runs.add(String(await this.#eval(publishScript, [this.#options.stationId, ...values], limit)));
    }
    const [run] = runs;
    return runs.size === 1 && run !== undefined ? run : null;
  }

  async #eval(script: string, values: readonly string[], limit: Wait): Promise<unknown> {
    return this.#options.link.run(limit, (client) => client.eval(script, this.#keys.length, ...this.#keys, ...values));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function texts(answer: unknown): readonly string[] {
  return Array.isArray(answer) ? answer.map(String) : [];
}

function outcomeOf(text = ''): Outcome {
  switch (text) {
    case 'finished':
    case 'refused':
      return text;
    default:
      throw new StationFault('QUE-UNAVAILABLE', { note: `the claim server holds the outcome ${text}` });
  }
}
