/** Actions that an event offers. */
export type EspfAction = 'OK' | 'RETRY' | 'CANCEL';

interface StandingEvent {
  readonly name: string;
  readonly actions: readonly EspfAction[];
  readonly answered: (action: EspfAction) => void;
}

/** The service's questions to its clients: an event stands until someone answers it with one of its actions. */
export class EspfEvents {
  #standing: StandingEvent | null = null;

  /** What `GetEvent` answers: `EVENT:ACTION,ACTION`, or nothing. */
  get text(): string {
    return this.#standing === null ? '' : `${this.#standing.name}:${this.#standing.actions.join(',')}`;
  }

  /** Raises an event and waits for its answer; the abort counts as CANCEL. */
  async raise(name: string, actions: readonly EspfAction[], signal: AbortSignal): Promise<EspfAction> {
    if (signal.aborted) return 'CANCEL';
    const action = await new Promise<EspfAction>((resolve) => {
      this.#standing = { name, actions, answered: resolve };
      signal.addEventListener('abort', () => { resolve('CANCEL'); }, { once: true });
    });
    this.#standing = null;
    return action;
  }

  /** Answers the event that stands; false when it is another one or does not offer that action. */
  answer(text: string): boolean {
    const [name = '', action = ''] = text.split(':');
    const standing = this.#standing;
    const offered = standing?.actions.find((each) => each === action);
    if (standing?.name !== name || offered === undefined) return false;
    standing.answered(offered);
    return true;
  }
}
