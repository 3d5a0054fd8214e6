import { foldAttempt, advance, type AttemptState } from '../../../daemon/produce/attempt-state.ts';
import type { OwnedOrder } from '../../../queue/claim/claims.ts';
import type { AttemptKey, JournalEntry, Outcome } from '../../../queue/journal/journal-entry.ts';
import { isFinal } from '../../../queue/journal/journal-fold.ts';

/** One attempt in a simulated journal. */
export interface SimulatedAttempt extends AttemptKey {
  /** How many records it has. */
  readonly records: number;
  readonly state: AttemptState;
  readonly reported: boolean;
}

const nothing = foldAttempt([]);

/** What a record broke, by the name of the rule; null when it was taken. */
export type Refusal = 'fenced' | 'chip used' | 'another open' | null;

/** A journal in memory with the rules of the real one: what it took is there after any death of its station. */
export class SimulatedJournal {
  readonly attempts = new Map<string, SimulatedAttempt[]>();
  readonly #chips = new Map<string, string>();
  readonly #open = new Set<string>();
  readonly #unreported = new Set<string>();
  #records = 0;
  #highestFence = 0;

  get records(): number {
    return this.#records;
  }

  get highestFence(): number {
    return this.#highestFence;
  }

  append(key: AttemptKey, entry: JournalEntry): Refusal {
    const own = this.attempts.get(key.orderId) ?? [];
    const refusal = this.#refusalOf(own, key, entry);
    if (refusal !== null) return refusal;
    const place = own.findIndex(({ attempt }) => attempt === key.attempt);
    const before = own[place] ?? { ...key, records: 0, state: nothing, reported: false };
    const grown = { ...before, records: before.records + 1, state: advance(before.state, entry), reported: entry.kind === 'reported' || (entry.kind !== 'settled' && before.reported) };
    if (place === -1) own.push(grown);
    else own[place] = grown;
    this.attempts.set(key.orderId, own);
    if (entry.kind === 'identified') this.#chips.set(entry.uid, nameOf(key));
    if (own.at(-1)?.state.outcome === null) this.#open.add(key.orderId);
    else this.#open.delete(key.orderId);
    if (own.some(({ state, reported }) => state.outcome !== null && !reported)) this.#unreported.add(key.orderId);
    else this.#unreported.delete(key.orderId);
    this.#records += 1;
    this.#highestFence = Math.max(this.#highestFence, key.fence);
    return null;
  }

  /** Attempts that are not settled; the one that may have a card in the machine first. */
  openAttempts(): readonly SimulatedAttempt[] {
    const open = [...this.#open].flatMap((orderId) => this.attempts.get(orderId)?.slice(-1) ?? []);
    return open.toSorted((one, other) => Number(waits(one)) - Number(waits(other)) || one.orderId.localeCompare(other.orderId));
  }

  unreported(): readonly SimulatedAttempt[] {
    return [...this.#unreported].flatMap((orderId) => (this.attempts.get(orderId) ?? []).filter(({ state, reported }) => state.outcome !== null && !reported));
  }

  outcomeOf(orderId: string): Outcome | null {
    return this.attempts.get(orderId)?.findLast(({ state }) => state.outcome !== null)?.state.outcome ?? null;
  }

  owned(): readonly OwnedOrder[] {
    return [...this.attempts].map(([orderId, own]) => {
      const outcome = own.findLast(({ state }) => isFinal(state.outcome))?.state.outcome ?? null;
      return { orderId, fence: Math.max(...own.map(({ fence }) => fence)), outcome };
    });
  }

  /** The open attempt of an order, or the one that is due after a scrapped card. */
  currentAttempt(orderId: string, fence: number): SimulatedAttempt {
    const last = this.attempts.get(orderId)?.at(-1);
    const attempt = last === undefined ? 1 : last.state.outcome === 'again' ? last.attempt + 1 : last.attempt;
    return last !== undefined && last.attempt === attempt ? last : { orderId, attempt, fence, records: 0, state: nothing, reported: false };
  }

  #refusalOf(own: readonly SimulatedAttempt[], key: AttemptKey, entry: JournalEntry): Refusal {
    if (own.some(({ fence }) => fence > key.fence)) return 'fenced';
    if (entry.kind === 'identified' && (this.#chips.get(entry.uid) ?? nameOf(key)) !== nameOf(key)) return 'chip used';
    if (entry.kind !== 'feed-intent') return null;
    return this.openAttempts().some((open) => open.orderId !== key.orderId && !waits(open)) ? 'another open' : null;
  }
}

/** Whether an attempt waits for a person's answer, or to go on after it: its card is not in the machine. */
function waits({ state }: SimulatedAttempt): boolean {
  return state.stage === 'held' || state.stage === 'answered';
}

function nameOf({ orderId, attempt }: AttemptKey): string {
  return `${orderId}#${attempt}`;
}
