import { encodeCommand, encodeResponse, parseCommand, parseResponse, type ParsedCommand } from '../../drivers/codec/apdu.ts';
import { joinBytes } from '../../drivers/codec/ber-tlv.ts';
import {
  openScp03Session, scp03CardChallenge, scp03CommandMac, scp03Cryptogram, scp03Decrypt, scp03Encrypt, scp03Level, scp03MacBytes, scp03ResponseMac, type Scp03Keys, type Scp03Session,
} from '../../drivers/codec/scp03.ts';
import { statusWord } from '../../drivers/codec/status-word.ts';
import type { SimulatedChip } from './simulated-chip.ts';

/** What a security domain is made of. */
export interface SecurityDomainOptions {
  readonly keys: Scp03Keys;
  readonly keyVersion: number;
  /** Identifier of the application that speaks, which goes into the card's challenge. */
  readonly aid: Uint8Array;
  /** What lies behind: it gets the commands in clear. */
  readonly inner: SimulatedChip;
}

const secureBit = 0x04;
const refused = 0x6982;
const wrongMac = 0x6988;

/**
 * A chip that takes commands through a GlobalPlatform secure channel, protocol 03, and none without it: as blanks do
 * whose application is personalised under its security domain. A wrong MAC ends the session.
 */
export class SecurityDomain implements SimulatedChip {
  readonly #options: SecurityDomainOptions;
  #sequence = 0;
  #session: Scp03Session | null = null;
  #greeted: { readonly host: Uint8Array; readonly card: Uint8Array } | null = null;

  constructor(options: SecurityDomainOptions) {
    this.#options = options;
  }

  get atr(): Uint8Array {
    return this.#options.inner.atr;
  }

  reset(): void {
    this.#session = null;
    this.#greeted = null;
    this.#options.inner.reset();
  }

  powerOff(): void {
    this.reset();
    this.#options.inner.powerOff();
  }

  transmit(bytes: Uint8Array): Uint8Array {
    const apdu = parseCommand(bytes);
    if (apdu === null) return word(statusWord.wrongLength);
    if (apdu.cla === 0x80 && apdu.ins === 0x50) return this.#greet(apdu);
    if ((apdu.cla & secureBit) === 0) return apdu.ins === 0xa4 ? this.#select(bytes) : word(refused);
    return apdu.ins === 0x82 && this.#session === null ? this.#authenticate(apdu) : this.#secured(apdu);
  }

  #select(bytes: Uint8Array): Uint8Array {
    this.#session = null;
    return this.#options.inner.transmit(bytes);
  }

  #greet({ p1, data }: ParsedCommand): Uint8Array {
    const { keys, keyVersion, aid } = this.#options;
    this.#session = null;
    if (data.length !== 8) return word(statusWord.wrongLength);
    if (p1 !== 0 && p1 !== keyVersion) return word(0x6a88);
    this.#sequence += 1;
    const sequence = Uint8Array.of(0, this.#sequence >> 8, this.#sequence & 0xff);
    const card = scp03CardChallenge(keys, sequence, aid);
    this.#greeted = { host: Uint8Array.from(data), card };
    const session = openScp03Session(keys, data, card, 0);
    return encodeResponse(joinBytes(new Uint8Array(10), Uint8Array.of(keyVersion, 0x03, 0x70), card, scp03Cryptogram(session, 'card', data, card), sequence), statusWord.ok);
  }

  #authenticate(apdu: ParsedCommand): Uint8Array {
    if (this.#greeted === null) return word(0x6985);
    const { host, card } = this.#greeted;
    this.#greeted = null;
    const session = openScp03Session(this.#options.keys, host, card, apdu.p1);
    const opened = this.#takeMac(session, apdu);
    if (opened === null || !Buffer.from(opened.data).equals(scp03Cryptogram(session, 'host', host, card))) return word(0x6300);
    this.#session = opened.session;
    return word(statusWord.ok);
  }

  #secured(apdu: ParsedCommand): Uint8Array {
    const counted = this.#session === null ? null : { ...this.#session, counter: this.#session.counter + 1 };
    const opened = counted === null ? null : this.#takeMac(counted, apdu);
    const isSecret = ((counted?.level ?? 0) & scp03Level.commandEncryption) !== 0;
    const plain = opened === null ? null : isSecret ? scp03Decrypt(opened.session, 'command', opened.data) : opened.data;
    this.#session = plain === null ? null : (opened?.session ?? null);
    if (plain === null || this.#session === null) return word(wrongMac);
    const { data, sw } = parseResponse(this.#options.inner.transmit(encodeCommand({ ...apdu, cla: apdu.cla & ~secureBit & 0x7f, data: plain })));
    return this.#answer(this.#session, data, sw);
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
