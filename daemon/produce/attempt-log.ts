import type { EncoderIntent, IntentPort } from '../../drivers/contracts/encoder.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import type { AttemptKey, JournalEntry } from '../../queue/journal/journal-entry.ts';
import { advance, foldAttempt, type AttemptState } from './attempt-state.ts';

/** One attempt's window on the journal: writes records and keeps the folded state beside them. */
export class AttemptLog {
  readonly key: AttemptKey;
  readonly #journal: Journal;
  #state: AttemptState;
  #begun: boolean;

  constructor(journal: Journal, key: AttemptKey) {
    this.#journal = journal;
    this.key = key;
    const own = this.entries;
    this.#begun = own.length > 0;
    this.#state = foldAttempt(own);
  }

  get state(): AttemptState {
    return this.#state;
  }

  /** All records of this attempt, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#journal.recordsOf(this.key.orderId).flatMap(({ attempt, entry }) => (attempt === this.key.attempt ? [entry] : []));
  }

  /** Whether the journal has a record of this attempt. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Makes a record durable, then moves the state. Throws what `Journal.append` throws; the state then stays. */
  append(entry: JournalEntry): void {
    this.#journal.append(this.key, entry);
    this.#begun = true;
    this.#state = advance(this.#state, entry);
  }

  /** The encoders' way into this attempt's records. */
  get intents(): IntentPort {
    return {
      intend: async (intent) => this.append({ kind: 'effect-intent', ...copyOf(intent) }),
      achieved: async (intent) => this.append({ kind: 'effect-done', ...copyOf(intent) }),
      keep: async (name, sealed) => this.#journal.keep(this.key, name, sealed),
      kept: async (name) => this.#journal.keptOf(this.key.orderId, this.key.attempt, name),
    };
  }
}

function copyOf(intent: EncoderIntent): EncoderIntent {
  const { step, effect, act, data } = intent;
  return data === undefined ? { step, effect, act } : { step, effect, act, data };
}
