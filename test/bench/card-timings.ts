import type { Bench } from '../../drivers/contracts/bench.ts';
import type { CardReader } from '../../drivers/contracts/channel.ts';
import type { ProductionObserver, StationParts } from '../../daemon/produce/station-parts.ts';
import { countingChannel } from './counting-channel.ts';

/** What one kind of effect cost, each time it was done. */
export interface EffectCost {
  readonly times: number[];
  readonly apdus: number[];
}

/** Watches the production loop: time and exchanges of every effect, by name. */
export class CardTimings {
  readonly costs = new Map<string, EffectCost>();
  #running: { readonly name: string; readonly start: number; readonly apdus: number } | null = null;
  #apdus = 0;

  get observer(): ProductionObserver {
    return {
      effect: (_orderId, _attempt, effect) => this.#begin(effect.do === 'encode' ? `encode ${effect.step}` : effect.do),
      crosschecked: () => undefined,
    };
  }

  /** The same parts with counted chips. */
  counted(parts: StationParts): StationParts {
    const bench: Bench = { ...parts.bench, contactless: this.#reader(parts.bench.contactless), contact: this.#reader(parts.bench.contact), [Symbol.asyncDispose]: async () => undefined };
    return { ...parts, bench, observer: this.observer };
  }

  /** Closes the effect that runs. */
  end(): void {
    if (this.#running === null) return;
    const { name, start, apdus } = this.#running;
    const cost = this.costs.get(name) ?? { times: [], apdus: [] };
    cost.times.push(performance.now() - start);
    cost.apdus.push(this.#apdus - apdus);
    this.costs.set(name, cost);
    this.#running = null;
  }

  #begin(name: string): void {
    this.end();
    this.#running = { name, start: performance.now(), apdus: this.#apdus };
  }

  #reader(reader: CardReader | null): CardReader | null {
    if (reader === null) return null;
    return {
      name: reader.name,
      connect: async (limit) => {
        const connection = await reader.connect(limit);
        const channel = countingChannel(connection.channel);
        return {
          atr: connection.atr,
          channel: { transmit: (command, wait) => { this.#apdus += 1; return channel.transmit(command, wait); } },
          [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
        };
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}
