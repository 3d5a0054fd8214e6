/**
 * A stack of things to close, closed once, in reverse order of opening. All are closed even when one throws;
 * the first error is thrown afterwards. (Node 20 has no AsyncDisposableStack.)
 */
export class DisposalStack implements AsyncDisposable {
  #closers: (() => Promise<void> | void)[] = [];

  /** Takes charge of a disposable and gives it back. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T {
    this.defer(() => (Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose]()));
    return resource;
  }

  /** Registers a closing act. */
  defer(closer: () => PromiseLike<void> | void): void {
    this.#closers.push(async () => closer());
  }

  /** Hands everything over to a new stack, for an opener that succeeded and passes its resources on. */
  move(): DisposalStack {
    const next = new DisposalStack();
    next.#closers = this.#closers;
    this.#closers = [];
    return next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      try {
        await closer();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
