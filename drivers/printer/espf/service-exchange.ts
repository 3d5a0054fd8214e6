import { commandText, type EvolisCommand } from '../../codec/evolis-frame.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import type { EscapeExchange } from '../escape/escape-exchange.ts';
import { isReserved, refusalOf, type CallOutcome, type ServiceLink } from './service-link.ts';

/** The vendor waits this long for a printer that another client holds. */
const reservationMs = 5000;
const reservationPauseMs = 250;

/** The escape language through `CMD.SendCommand`. A refusal because of a reservation means that nothing was done: it is tried again for a while. */
export class ServiceExchange implements EscapeExchange {
  readonly #link: ServiceLink;
  readonly #device: string;
  readonly #clock: Clock;

  constructor(link: ServiceLink, device: string, clock: Clock) {
    this.#link = link;
    this.#device = device;
    this.#clock = clock;
  }

  async ask(command: EvolisCommand, limit: Wait): Promise<string> {
    return this.#send(command, limit, async (params, left) => this.#link.ask('CMD.SendCommand', params, left));
  }

  async act(command: EvolisCommand, limit: Wait): Promise<string> {
    return this.#send(command, limit, async (params, left) => this.#link.act('CMD.SendCommand', params, left));
  }

  async #send(command: EvolisCommand, limit: Wait, call: (params: Readonly<Record<string, string>>, left: Wait) => Promise<CallOutcome>): Promise<string> {
    const begunMs = this.#clock.steady();
    const leftMs = (): number => Math.max(1, limit.timeoutMs - (this.#clock.steady() - begunMs));
    for (;;) {
      const params = { device: this.#device, command: commandText(command), timeout: String(Math.ceil(leftMs())) };
      const outcome = await call(params, { signal: limit.signal, timeoutMs: leftMs() });
      if (outcome.kind === 'result') return outcome.text.trim();
      const waitedMs = this.#clock.steady() - begunMs;
      if (!isReserved(outcome) || waitedMs >= reservationMs || leftMs() <= reservationPauseMs) throw refusalOf('CMD.SendCommand', outcome);
      await this.#clock.sleep(reservationPauseMs, limit.signal);
    }
  }
}
