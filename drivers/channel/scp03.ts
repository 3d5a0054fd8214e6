import { randomBytes, timingSafeEqual } from 'node:crypto';
import { command, encodeCommand, encodeResponse, parseCommand, parseResponse, type ParsedCommand } from '../codec/apdu.ts';
import {
  beginScp03Session, decodeScp03Greeting, scp03ChallengeBytes, scp03CommandMac, scp03Cryptogram, scp03Decrypt, scp03Encrypt, scp03Level, scp03MacBytes, scp03ResponseMac, wipeScp03Session, type Scp03Greeting, type Scp03Session,
} from '../codec/scp03.ts';
import { statusWord } from '../codec/status-word.ts';
import type { ApduChannel, SecureChannel } from '../contracts/channel.ts';
import type { Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import type { ChannelSessionKeys } from '../contracts/keys.ts';
import type { Secret } from '../contracts/secret.ts';

/** What shall be secured, and who makes the session's keys. */
export interface Scp03Options {
  /** Makes the session keys of a card that has greeted, from static keys that the layer never sees. */
  readonly sessionKeys: (greeting: Scp03Greeting, hostChallenge: Uint8Array) => Promise<ChannelSessionKeys>;
  /** 0 lets the card choose its first key set. */
  readonly keyVersion: number;
  /** Sum of `scp03Level`; at least the command MAC. All four by default. */
  readonly level?: number;
  /** For tests against recorded sessions; random otherwise. */
  readonly hostChallenge?: Uint8Array;
}

/** The most data of one command that a short APDU still holds after padding and MAC. */
export const scp03MostDataBytes = 223;

const gpClass = 0x80;
const secureBit = 0x04;
const everything = scp03Level.commandMac | scp03Level.commandEncryption | scp03Level.responseMac | scp03Level.responseEncryption;

/**
 * Opens a GlobalPlatform secure channel, protocol 03 with AES (Amendment D of the card specification), with whatever
 * application is selected, and gives the layer over the channel. The layer belongs below command chaining (with at most
 * `scp03MostDataBytes` a link) and above GET RESPONSE. A card that does not know the keys shows it in its greeting, so
 * that nothing is sent to it that it would count as a wrong try. Throws `KEY-CHANNEL` for such a card and for one that
 * does not believe ours, `ENC-WRONG-BLANK` when it speaks no SCP03, and `LNK-PROTOCOL` for an answer that was tampered with.
 */
export async function openScp03(channel: ApduChannel, options: Scp03Options, limit: Wait): Promise<SecureChannel> {
  const level = options.level ?? everything;
  const hostChallenge = options.hostChallenge ?? new Uint8Array(randomBytes(scp03ChallengeBytes));
  const greeted = parseResponse(await channel.transmit(encodeCommand(command(gpClass, 0x50, options.keyVersion, 0x00, hostChallenge, 256)), limit));
  const greeting = greeted.sw === statusWord.ok ? decodeScp03Greeting(greeted.data) : null;
  if (greeting === null) throw notOpened(greeted.sw);
  const layer = new Scp03Layer(channel, await sessionOf(options, greeting, hostChallenge, level));
  try {
    if (!timingSafeEqual(layer.cryptogram('card', hostChallenge, greeting.cardChallenge), greeting.cardCryptogram)) throw new StationFault('KEY-CHANNEL', { note: 'the card does not know the keys of the secure channel' });
    await layer.authenticate(layer.cryptogram('host', hostChallenge, greeting.cardChallenge), limit);
    return layer;
  } catch (error) {
    layer[Symbol.dispose]();
    throw error;
  }
}

/** A card without the key set has other keys than the profile says; a card without the command is another card. */
function notOpened(sw: number): StationFault {
  const data = { sw: sw.toString(16).toUpperCase() };
  const isOfKeys = sw === statusWord.referenceDataNotFound || sw === statusWord.authenticationBlocked || sw === statusWord.securityNotSatisfied;
  if (isOfKeys) return new StationFault('KEY-CHANNEL', { note: 'the card opens no channel with this key set', data });
  return new StationFault('ENC-WRONG-BLANK', { note: 'the card opens no SCP03 channel', data });
}

/** The session takes the keys over into bytes of its own; the secrets are wiped. */
async function sessionOf({ sessionKeys }: Scp03Options, greeting: Scp03Greeting, hostChallenge: Uint8Array, level: number): Promise<Scp03Session> {
  using keys = await sessionKeys(greeting, hostChallenge);
  const copy = (secret: Secret): Uint8Array => secret.use((bytes) => Uint8Array.from(bytes));
  return beginScp03Session({ sEnc: copy(keys.sEnc), sMac: copy(keys.sMac), sRmac: copy(keys.sRmac) }, level);
}

class Scp03Layer implements SecureChannel {
  readonly #channel: ApduChannel;
  #session: Scp03Session;

  constructor(channel: ApduChannel, session: Scp03Session) {
    this.#channel = channel;
    this.#session = session;
  }

  cryptogram(side: 'card' | 'host', hostChallenge: Uint8Array, cardChallenge: Uint8Array): Uint8Array {
    return scp03Cryptogram(this.#session, side, hostChallenge, cardChallenge);
  }

  /** EXTERNAL AUTHENTICATE: carries a MAC and nothing of the level yet (Amendment D, 7.1.2). */
  async authenticate(cryptogram: Uint8Array, limit: Wait): Promise<void> {
    const { sw } = parseResponse(await this.#send({ cla: gpClass, ins: 0x82, p1: this.#session.level, p2: 0x00, data: cryptogram, le: null }, limit));
    if (sw !== statusWord.ok) throw new StationFault('KEY-CHANNEL', { note: 'the card does not take the secure channel', data: { sw: sw.toString(16).toUpperCase() } });
  }

  async transmit(bytes: Uint8Array, limit: Wait): Promise<Uint8Array> {
    const whole = parseCommand(bytes);
    if (whole === null || whole.data.length > scp03MostDataBytes) throw new StationFault('STA-BUG', { note: 'a command that a secure channel cannot carry' });
    this.#session = { ...this.#session, counter: this.#session.counter + 1 };
    const isSecret = (this.#session.level & scp03Level.commandEncryption) !== 0;
    const data = isSecret ? scp03Encrypt(this.#session, 'command', whole.data) : whole.data;
    return this.#open(await this.#send({ ...whole, data }, limit));
  }

  async #send({ cla, ins, p1, p2, data, le }: Pick<ParsedCommand, 'cla' | 'ins' | 'p1' | 'p2' | 'data' | 'le'>, limit: Wait): Promise<Uint8Array> {
    const secured = cla | secureBit;
    const { mac, after } = scp03CommandMac(this.#session, Uint8Array.of(secured, ins, p1, p2), data);
    this.#session = after;
    return this.#channel.transmit(encodeCommand(command(secured, ins, p1, p2, Uint8Array.from([...data, ...mac]), le)), limit);
  }

  /** Answers with an error carry neither MAC nor data (Amendment D, 6.2.5). */
  #open(response: Uint8Array): Uint8Array {
    const { data, sw } = parseResponse(response);
    const carriesMac = (this.#session.level & scp03Level.responseMac) !== 0 && (sw === statusWord.ok || sw >> 8 === 0x62 || sw >> 8 === 0x63);
    if (!carriesMac) return response;
    const body = data.subarray(0, -scp03MacBytes);
    const mac = data.subarray(body.length);
    if (mac.length !== scp03MacBytes || !timingSafeEqual(mac, scp03ResponseMac(this.#session, body, sw))) throw tampered('the MAC of an answer is wrong');
    if ((this.#session.level & scp03Level.responseEncryption) === 0) return encodeResponse(body, sw);
    const plain = scp03Decrypt(this.#session, 'response', body);
    if (plain === null) throw tampered('an answer cannot be deciphered');
    return encodeResponse(plain, sw);
  }

  [Symbol.dispose](): void {
    wipeScp03Session(this.#session);
  }
}

function tampered(note: string): StationFault {
  return new StationFault('LNK-PROTOCOL', { note: `secure channel: ${note}` });
}
