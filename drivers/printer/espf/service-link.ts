import { alreadyReserved, JsonObjectCollector, readEspfAnswer, writeRequest, type EspfAnswer } from '../../codec/espf-message.ts';
import type { BytePort } from '../../contracts/channel.ts';
import type { Clock, Wait } from '../../contracts/clock.ts';
import { StationFault } from '../../contracts/fault.ts';

/** Makes a new connection to the service: every call has one of its own. */
export type ConnectPort = (limit: Wait) => Promise<BytePort>;

/** What a call gave: a result, or the service's error. */
export type CallOutcome = { readonly kind: 'result'; readonly text: string } | { readonly kind: 'refused'; readonly code: number; readonly message: string };

const linkCodes: ReadonlySet<string> = new Set(['LNK-TIMEOUT', 'LNK-CLOSED', 'LNK-REFUSED']);
const isLinkTrouble = (error: unknown): error is StationFault => error instanceof StationFault && linkCodes.has(error.code);

const retryPauseMs = 200;

/** Calls of the service. Safe from several callers at once: connections are not shared. */
export class ServiceLink {
  readonly #connect: ConnectPort;
  readonly #clock: Clock;
  #calls = 0;

  constructor(connect: ConnectPort, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  /** A call that may be made twice. Throws `PRN-OFFLINE` when no answer came within the limit, `LNK-PROTOCOL`, `STA-ABORTED`. */
  async ask(method: string, params: Readonly<Record<string, string>>, limit: Wait): Promise<CallOutcome> {
    const left = this.#countDown(limit);
    for (let silences = 0; ;) {
      try {
        return await this.#once(method, params, silences === 0 ? { ...left(), timeoutMs: left().timeoutMs / 2 } : left(), () => undefined);
      } catch (error) {
        if (!isLinkTrouble(error)) throw error;
        const silent = error.code === 'LNK-TIMEOUT';
        silences += silent ? 1 : 0;
        if (silences > 1 || left().timeoutMs <= retryPauseMs) throw new StationFault('PRN-OFFLINE', { note: `no answer to ${method}` }, error);
        if (!silent) await this.#clock.sleep(retryPauseMs, limit.signal);
      }
    }
  }

  /** A call that is made once. Throws `PRN-OFFLINE` when it could not be sent, `PRN-UNKNOWN` when it was sent and no proper answer came. */
  async act(method: string, params: Readonly<Record<string, string>>, limit: Wait): Promise<CallOutcome> {
    let sent = false;
    try {
      return await this.#once(method, params, limit, () => { sent = true; });
    } catch (error) {
      if (error instanceof StationFault && error.code === 'LNK-PROTOCOL') throw new StationFault('PRN-UNKNOWN', { note: `no proper answer to ${method}` }, error);
      if (!isLinkTrouble(error)) throw error;
      throw new StationFault(sent ? 'PRN-UNKNOWN' : 'PRN-OFFLINE', { note: sent ? `no answer to ${method}` : 'cannot connect' }, error);
    }
  }

  #countDown(limit: Wait): () => Wait {
    const deadline = this.#clock.steady() + limit.timeoutMs;
    return () => ({ signal: limit.signal, timeoutMs: Math.max(1, deadline - this.#clock.steady()) });
  }

  async #once(method: string, params: Readonly<Record<string, string>>, limit: Wait, onSending: () => void): Promise<CallOutcome> {
    const left = this.#countDown(limit);
    this.#calls += 1;
    const id = String(this.#calls);
    await using port = await this.#connect(left());
    onSending();
    await port.write(writeRequest({ id, method, params }), left());
    const answer = await receive(port, left);
    if (answer.id !== id) throw new StationFault('LNK-PROTOCOL', { note: `the answer is for call ${JSON.stringify(answer.id.slice(0, 20))}, not ${id}` });
    return 'result' in answer ? { kind: 'result', text: answer.result } : { kind: 'refused', ...answer.error };
  }
}

async function receive(port: BytePort, left: () => Wait): Promise<EspfAnswer> {
  const collector = new JsonObjectCollector();
  for (;;) {
    const progress = collector.push(await port.read(left()));
    if (progress.kind === 'incomplete') continue;
    const answer = progress.kind === 'object' ? readEspfAnswer(progress.text) : null;
    if (answer === null) throw new StationFault('LNK-PROTOCOL', { note: 'the service answered something that is no answer' });
    return answer;
  }
}

/** Whether the service refused because another client holds the printer. */
export function isReserved(outcome: CallOutcome): boolean {
  return outcome.kind === 'refused' && outcome.message.includes(alreadyReserved);
}

/** The fault of a call that the service refused. */
export function refusalOf(method: string, outcome: Extract<CallOutcome, { kind: 'refused' }>): StationFault {
  const note = `${method}: ${outcome.message.slice(0, 80)}`;
  if (isReserved(outcome)) return new StationFault('PRN-RESERVED', { note });
  return new StationFault(/device/i.test(outcome.message) ? 'PRN-OFFLINE' : 'PRN-UNKNOWN', { note, data: { code: outcome.code } });
}
