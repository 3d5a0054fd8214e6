import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * Bytes that must not be seen: keys, PINs, PUKs. Prints as `[secret]` everywhere, is read only inside `use`,
 * and is wiped by `Symbol.dispose` or `wipe`. Reading after the wipe throws.
 */
export class Secret implements Disposable {
  readonly #bytes: Uint8Array;
  #wiped = false;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Takes over a copy of the bytes and overwrites the given array with zeros. */
  static take(bytes: Uint8Array): Secret {
    const secret = new Secret(Uint8Array.from(bytes));
    bytes.fill(0);
    return secret;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Lends the bytes to `reader`. The view must not be kept; the result must not be the view itself. */
  use<T>(reader: (bytes: Uint8Array) => T): T {
    if (this.#wiped) throw new Error('secret used after it was wiped');
    return reader(this.#bytes);
  }

  /** A second secret with the same bytes and a life of its own. */
  copy(): Secret {
    return this.use((bytes) => new Secret(Uint8Array.from(bytes)));
  }

  /** Constant-time comparison; false for different lengths. */
  equals(other: Secret): boolean {
    if (other.length !== this.length) return false;
    return this.use((mine) => other.use((theirs) => timingSafeEqual(mine, theirs)));
  }

  wipe(): void {
    this.#wiped = true;
    this.#bytes.fill(0);
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
