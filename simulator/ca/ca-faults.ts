/** How the simulated authority can misbehave. Those for enrolments count down `times`; without it they stay. */
export type CaFault =
  /** Every connection is cut before an answer. */
  | { readonly name: 'away'; readonly times?: number }
  /** Every answer comes late. */
  | { readonly name: 'slow'; readonly delayMs: number; readonly times?: number }
  /** Enrolments are answered with 202 and Retry-After (RFC 7030 section 4.2.3). */
  | { readonly name: 'waiting'; readonly retryAfterSeconds: number; readonly times?: number }
  /** Enrolments are refused with this text. */
  | { readonly name: 'refuse'; readonly reason: string; readonly times?: number }
  /** Enrolments end in an internal error. */
  | { readonly name: 'failing'; readonly times?: number }
  /** The certificate is signed and in the account, but the answer never arrives. */
  | { readonly name: 'lost-answer'; readonly times?: number }
  /** The answer is no certs-only message. */
  | { readonly name: 'garbled'; readonly times?: number }
  /** The answer carries a certificate for another key. */
  | { readonly name: 'wrong-key'; readonly times?: number }
  /** The certificate carries another policy than the request asked for. */
  | { readonly name: 'wrong-policy'; readonly times?: number };

/** The fault that stands, if any. */
export class CaFaultSwitch {
  #fault: CaFault | undefined;
  #left = 0;

  /** Sets the fault from the next request on; `undefined` ends it. */
  set(fault: CaFault | undefined): void {
    this.#fault = fault;
    this.#left = fault?.times ?? Number.POSITIVE_INFINITY;
  }

  /** Gives the fault for one request and counts it. */
  take(): CaFault | undefined {
    if (this.#left <= 0) return undefined;
    this.#left -= 1;
    return this.#fault;
  }
}
