import { encodeCommand, encodeResponse, parseCommand, parseResponse, type ParsedCommand } from '../../drivers/codec/apdu.ts';
import { joinBytes } from '../../drivers/codec/ber-tlv.ts';
import {
  beginScp03Session, scp03CardChallenge, scp03CommandMac, scp03Cryptogram, scp03Decrypt, scp03Encrypt, scp03Level, scp03MacBytes, scp03ResponseMac, type Scp03Session,
} from '../../drivers/codec/scp03.ts';
import { scp03SessionKeys, type Scp03Keys } from '../../drivers/codec/scp03-keys.ts';
import { statusWord } from '../../drivers/codec/status-word.ts';

/** What a security domain is made of. */
export interface SecurityDomainOptions {
  readonly keys: Scp03Keys;
  readonly keyVersion: number;
  /** Ten bytes by which the host diversifies the keys. */
  readonly diversification: Uint8Array;
  /** Identifier of the application that speaks, which goes into the card's challenge. */
  readonly aid: Uint8Array;
  /** What lies behind: it gets the commands in clear. */
  readonly inner: { transmit(command: Uint8Array): Uint8Array };
  /** Which commands are refused outside a channel; all but SELECT when not given. */
  readonly isGuarded?: (apdu: ParsedCommand) => boolean;
  /** Wrong hosts that the card still bears; it opens no channel when there are none left. */
  readonly tries: { left: number };
}

const secureBit = 0x04;
const getResponse = 0xc0;
/** The simulated wire's longest answer (design section 5). */
const longestAnswerBytes = 253;

/**
 * The part of a chip that opens a GlobalPlatform secure channel, protocol 03, and hands commands on in clear: as blanks
 * do whose application is personalised under its security domain. A wrong MAC ends the session. Long answers are secured
 * whole and fetched by GET RESPONSE.
 */
export class SecurityDomain {
  readonly #options: SecurityDomainOptions;
  #sequence = 0;
  #session: Scp03Session | null = null;
  #greeted: { readonly host: Uint8Array; readonly card: Uint8Array } | null = null;
  #waiting: Uint8Array | null = null;

  constructor(options: SecurityDomainOptions) {
    this.#options = options;
  }

  reset(): void {
    this.#session = null;
    this.#greeted = null;
    this.#waiting = null;
  }

  transmit(bytes: Uint8Array): Uint8Array {
    const apdu = parseCommand(bytes);
    if (apdu === null) return word(statusWord.wrongLength);
    if (apdu.cla === 0x00 && apdu.ins === getResponse && this.#waiting !== null) return this.#handOut(this.#waiting);
    this.#waiting = null;
    if (apdu.cla === 0x80 && apdu.ins === 0x50) return this.#greet(apdu);
    if ((apdu.cla & secureBit) === 0) return this.#inClear(apdu, bytes);
    return apdu.ins === 0x82 && this.#session === null ? this.#authenticate(apdu) : this.#secured(apdu);
  }

  #inClear(apdu: ParsedCommand, bytes: Uint8Array): Uint8Array {
    const isSelect = apdu.ins === 0xa4;
    if (isSelect) this.#session = null;
    const isGuarded = !isSelect && (this.#options.isGuarded?.(apdu) ?? true);
    return isGuarded ? word(statusWord.securityNotSatisfied) : this.#options.inner.transmit(bytes);
  }

  #greet({ p1, data }: ParsedCommand): Uint8Array {
    const { keys, keyVersion, aid, diversification, tries } = this.#options;
    this.#session = null;
    if (data.length !== 8) return word(statusWord.wrongLength);
    if (tries.left === 0) return word(statusWord.authenticationBlocked);
    if (p1 !== 0 && p1 !== keyVersion) return word(statusWord.referenceDataNotFound);
    this.#sequence += 1;
    const sequence = Uint8Array.of(0, this.#sequence >> 8, this.#sequence & 0xff);
    const card = scp03CardChallenge(keys, sequence, aid);
    this.#greeted = { host: Uint8Array.from(data), card };
    const session = beginScp03Session(scp03SessionKeys(keys, data, card), 0);
    return encodeResponse(joinBytes(diversification, Uint8Array.of(keyVersion, 0x03, 0x70), card, scp03Cryptogram(session, 'card', data, card), sequence), statusWord.ok);
  }

  #authenticate(apdu: ParsedCommand): Uint8Array {
    if (this.#greeted === null) return word(statusWord.conditionsNotSatisfied);
    const { host, card } = this.#greeted;
    this.#greeted = null;
    const session = beginScp03Session(scp03SessionKeys(this.#options.keys, host, card), apdu.p1);
    const opened = this.#takeMac(session, apdu);
    if (opened === null || !Buffer.from(opened.data).equals(scp03Cryptogram(session, 'host', host, card))) {
      this.#options.tries.left -= 1;
      return word(statusWord.noInformation);
    }
    this.#session = opened.session;
    return word(statusWord.ok);
  }

  #secured(apdu: ParsedCommand): Uint8Array {
    const counted = this.#session === null ? null : { ...this.#session, counter: this.#session.counter + 1 };
    const opened = counted === null ? null : this.#takeMac(counted, apdu);
    const isSecret = ((counted?.level ?? 0) & scp03Level.commandEncryption) !== 0;
    const plain = opened === null ? null : isSecret ? scp03Decrypt(opened.session, 'command', opened.data) : opened.data;
    this.#session = plain === null ? null : (opened?.session ?? null);
    if (plain === null || this.#session === null) return word(statusWord.secureMessagingWrong);
    const { data, sw } = this.#whole(encodeCommand({ ...apdu, cla: apdu.cla & ~secureBit & 0x7f, data: plain }));
    const answer = parseResponse(this.#answer(this.#session, data, sw));
    return answer.data.length <= longestAnswerBytes ? encodeResponse(answer.data, answer.sw) : this.#handOut(encodeResponse(answer.data, answer.sw));
  }

  /** The inner answer in one piece. */
  #whole(command: Uint8Array): { readonly data: Uint8Array; readonly sw: number } {
    const { inner } = this.#options;
    let answer = parseResponse(inner.transmit(command));
    let data = answer.data;
    while (answer.sw >> 8 === 0x61) {
      answer = parseResponse(inner.transmit(Uint8Array.of(0x00, getResponse, 0x00, 0x00, 0x00)));
      data = joinBytes(data, answer.data);
    }
    return { data, sw: answer.sw };
  }

  /** The next part of an answer with its status word; what is left waits. */
  #handOut(answer: Uint8Array): Uint8Array {
    const { data, sw } = parseResponse(answer);
    const left = data.length - longestAnswerBytes;
    this.#waiting = left > 0 ? answer.subarray(longestAnswerBytes) : null;
    return left > 0 ? encodeResponse(data.subarray(0, longestAnswerBytes), 0x6100 | (left > 0xff ? 0 : left)) : encodeResponse(data, sw);
  }

  #answer(session: Scp03Session, data: Uint8Array, sw: number): Uint8Array {
    const isError = sw !== statusWord.ok && sw >> 8 !== 0x62 && sw >> 8 !== 0x63;
    if (isError || (session.level & scp03Level.responseMac) === 0) return encodeResponse(data, sw);
    const body = (session.level & scp03Level.responseEncryption) === 0 ? data : scp03Encrypt(session, 'response', data);
    return encodeResponse(joinBytes(body, scp03ResponseMac(session, body, sw)), sw);
  }

  #takeMac(session: Scp03Session, { cla, ins, p1, p2, data }: ParsedCommand): { readonly data: Uint8Array; readonly session: Scp03Session } | null {
    if (data.length < scp03MacBytes) return null;
    const body = data.subarray(0, data.length - scp03MacBytes);
    const { mac, after } = scp03CommandMac(session, Uint8Array.of(cla, ins, p1, p2), body);
    return Buffer.from(mac).equals(data.subarray(body.length)) ? { data: body, session: after } : null;
  }
}

function word(sw: number): Uint8Array {
  return encodeResponse(new Uint8Array(), sw);
}
