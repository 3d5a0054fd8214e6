import { encodeResponse, parseCommand, type CommandApdu } from '../../../drivers/codec/apdu.ts';
import { joinBytes } from '../../../drivers/codec/ber-tlv.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import type { Answer, PivContext } from './context.ts';
import { dispatch, refusalOf } from './dispatch.ts';

const getResponse = 0xc0;
const lastLink = 0x00;
const moreLinks = 0x10;
/** The simulated wire fixes the first length byte of an answer as zero: 253 bytes and the status word (design section 5). */
const longestAnswerBytes = 253;
const nothing = new Uint8Array();

/**
 * The applet's way with long commands and long answers (ISO/IEC 7816-4, 5.3.3 and 5.3.4): links of a chain are
 * collected and dropped when another command comes between; what an answer has too much waits for GET RESPONSE.
 */
export class PivTransport {
  readonly #context: PivContext;
  #chain: CommandApdu | null = null;
  #waiting: Uint8Array = nothing;

  constructor(context: PivContext) {
    this.#context = context;
  }

  /** One command APDU in, one answer of at most 253 bytes and a status word out. */
  transmit(bytes: Uint8Array): Uint8Array {
    const apdu = parseCommand(bytes);
    if (apdu === null) return this.#refuse(statusWord.wrongLength);
    if (apdu.cla !== lastLink && apdu.cla !== moreLinks) return this.#refuse(statusWord.classNotSupported);
    if (apdu.cla === lastLink && apdu.ins === getResponse) return this.#continue(apdu.le);
    this.#waiting = nothing;
    const command = this.#extend(apdu);
    if (command.data.length > this.#context.abilities.maximumCommandBytes) return this.#refuse(statusWord.wrongLength);
    if (apdu.cla === moreLinks) return this.#keep(command);
    this.#chain = null;
    return this.#answer(dispatch(this.#context, command), apdu.le);
  }

  #extend(apdu: CommandApdu): CommandApdu {
    const chain = this.#chain;
    if (chain === null || chain.ins !== apdu.ins || chain.p1 !== apdu.p1 || chain.p2 !== apdu.p2) return { ...apdu, data: Uint8Array.from(apdu.data) };
    return { ...apdu, data: joinBytes(chain.data, apdu.data) };
  }

  #keep(command: CommandApdu): Uint8Array {
    const refusal = this.#context.abilities.refusesOnFirstLink ? refusalOf(this.#context, command) : null;
    if (refusal !== null) return this.#refuse(refusal);
    this.#chain = command;
    return encodeResponse(nothing, statusWord.ok);
  }

  #refuse(sw: number): Uint8Array {
    this.#chain = null;
    this.#waiting = nothing;
    return encodeResponse(nothing, sw);
  }

  #answer(answer: Answer, le: number | null): Uint8Array {
    if (answer.sw !== statusWord.ok || answer.data.length === 0) return encodeResponse(answer.data, answer.sw);
    this.#waiting = answer.data;
    return this.#continue(le);
  }

  #continue(le: number | null): Uint8Array {
    if (this.#waiting.length === 0) return this.#refuse(statusWord.conditionsNotSatisfied);
    this.#chain = null;
    const count = Math.min(le ?? longestAnswerBytes, longestAnswerBytes, this.#waiting.length);
    const part = this.#waiting.subarray(0, count);
    this.#waiting = this.#waiting.subarray(count);
    const left = this.#waiting.length;
    return encodeResponse(part, left === 0 ? statusWord.ok : 0x6100 | (left > 0xff ? 0 : left));
  }
}
