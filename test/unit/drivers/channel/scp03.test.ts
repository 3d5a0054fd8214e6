import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withCommandChaining } from '../../../../drivers/channel/command-chaining.ts';
import { withGetResponse } from '../../../../drivers/channel/get-response.ts';
import { openScp03, scp03MostDataBytes, type Scp03Options } from '../../../../drivers/channel/scp03.ts';
import { command, encodeCommand, parseResponse } from '../../../../drivers/codec/apdu.ts';
import { decodeScp03Greeting, scp03Level } from '../../../../drivers/codec/scp03.ts';
import { scp03SessionKeys } from '../../../../drivers/codec/scp03-keys.ts';
import type { ApduChannel } from '../../../../drivers/contracts/channel.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { PivSession } from '../../../../drivers/piv/session.ts';
import { SecurityDomain } from '../../../../simulator/card/security-domain.ts';
import type { SimulatedChip } from '../../../../simulator/card/simulated-chip.ts';
import { ChipChannel, limit, newCard } from '../../../support/piv/card-bench.ts';

interface RecordedSession {
  readonly name: string;
  readonly enc: string;
  readonly mac: string;
  readonly initializeUpdate: string;
  readonly greeting: string;
  readonly externalAuthenticate: string;
  readonly getEid: string;
  readonly eid: string;
  readonly further: readonly string[];
}
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../../../vectors/scp03/card-sessions.json'), 'utf8')) as {
  readonly plain: { readonly getEid: string; readonly eid: string; readonly further: readonly string[] };
  readonly sessions: readonly RecordedSession[];
};

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
/** Keys that are in memory, as the layer gets them of a key store. */
const withKeys = (enc: string, mac: string): Scp03Options['sessionKeys'] => async ({ cardChallenge }, hostChallenge) => {
  const { sEnc, sMac, sRmac } = scp03SessionKeys({ enc: bytes(enc), mac: bytes(mac) }, hostChallenge, cardChallenge);
  const [enciphering, ofCommands, ofAnswers] = [Secret.take(sEnc), Secret.take(sMac), Secret.take(sRmac)];
  return { sEnc: enciphering, sMac: ofCommands, sRmac: ofAnswers, [Symbol.dispose]: () => { for (const key of [enciphering, ofCommands, ofAnswers]) key.wipe(); } };
};
const hexOf = (value: Uint8Array): string => Buffer.from(value).toString('hex');

/** Answers each command with the next of a list, and keeps the commands. */
function scripted(answers: readonly string[]): { readonly channel: ApduChannel; readonly commands: string[] } {
  const commands: string[] = [];
  const channel: ApduChannel = { transmit: async (sent) => { commands.push(hexOf(sent)); return bytes(answers[commands.length - 1] ?? '6f00'); } };
  return { channel, commands };
}

describe('a session that a real card took', () => {
  it.each(recorded.sessions)('is made byte for byte: $name', async (session) => {
    const { channel, commands } = scripted([`${session.greeting}9000`, '9000', `${session.eid}9000`, '6a88', '6a88', '6a88', '6a88']);
    const level = Number.parseInt(session.externalAuthenticate.slice(4, 6), 16);
    using secure = await openScp03(channel, { sessionKeys: withKeys(session.enc, session.mac), keyVersion: bytes(session.initializeUpdate)[2] ?? 0, level, hostChallenge: bytes(session.initializeUpdate).subarray(5, 13) }, limit);
    const answer = parseResponse(await secure.transmit(bytes(recorded.plain.getEid), limit));
    expect(hexOf(answer.data).toUpperCase()).toBe(recorded.plain.eid);
    for (const plain of recorded.plain.further) expect(parseResponse(await secure.transmit(bytes(plain), limit)).sw).toBe(0x6a88);
    expect(commands).toEqual([session.initializeUpdate, session.externalAuthenticate, session.getEid, ...session.further]);
  });

  it('is refused when the card does not know the keys, or an answer was changed', async () => {
    const [session] = recorded.sessions;
    if (session === undefined) throw new Error('no recorded session');
    const options = { sessionKeys: withKeys(session.enc, session.mac), keyVersion: 0x30, level: 0x11, hostChallenge: bytes(session.initializeUpdate).subarray(5, 13) };
    await expect(openScp03(scripted([`${session.greeting}9000`]).channel, { ...options, sessionKeys: withKeys(session.enc, session.enc) }, limit)).rejects.toMatchObject({ code: 'KEY-CHANNEL' });
    await expect(openScp03(scripted([`${session.greeting}9000`, '6300']).channel, options, limit)).rejects.toMatchObject({ code: 'KEY-CHANNEL' });
    await expect(openScp03(scripted(['6a88']).channel, options, limit)).rejects.toMatchObject({ code: 'KEY-CHANNEL' });
    await expect(openScp03(scripted(['6d00']).channel, options, limit)).rejects.toMatchObject({ code: 'ENC-WRONG-BLANK' });
    using secure = await openScp03(scripted([`${session.greeting}9000`, '9000', `${session.eid.replace('bf3e', 'bf3f')}9000`]).channel, options, limit);
    await expect(secure.transmit(bytes(recorded.plain.getEid), limit)).rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
  });

  it('has a greeting of SCP03 and of no other protocol', () => {
    expect(decodeScp03Greeting(bytes(`${'00'.repeat(10)}300270${'00'.repeat(19)}`))).toBeNull();
    expect(decodeScp03Greeting(new Uint8Array(12))).toBeNull();
  });
});

/** Gives back what it was sent, and notes it. */
class Echo implements SimulatedChip {
  readonly atr = new Uint8Array();
  readonly seen: Uint8Array[] = [];
  reset(): void {}
  powerOff(): void {}
  transmit(sent: Uint8Array): Uint8Array {
    this.seen.push(Uint8Array.from(sent));
    const data = sent.length > 5 ? sent.subarray(5, 5 + (sent[4] ?? 0)) : new Uint8Array();
    return Uint8Array.from([...data, 0x90, 0x00]);
  }
}

const staticKeys = { enc: '404142434445464748494a4b4c4d4e4f', mac: '505152535455565758595a5b5c5d5e5f' };
function domainOver(inner: SimulatedChip): ChipChannel {
  const domain = new SecurityDomain({ keys: { enc: bytes(staticKeys.enc), mac: bytes(staticKeys.mac) }, keyVersion: 1, diversification: new Uint8Array(10), aid: bytes('A000000308000010000100'), inner, tries: { left: 3 } });
  return new ChipChannel({ atr: inner.atr, reset: () => { domain.reset(); inner.reset(); }, powerOff: () => inner.powerOff(), transmit: (sent) => domain.transmit(sent) });
}
const open = (channel: ApduChannel, level: number): ReturnType<typeof openScp03> => openScp03(channel, { sessionKeys: withKeys(staticKeys.enc, staticKeys.mac), keyVersion: 0, level }, limit);

describe('a channel to a simulated security domain', () => {
  it.each([scp03Level.commandMac, 0x03, 0x11, 0x13, 0x33])('carries any command both ways at level %i', async (level) => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: scp03MostDataBytes }), { minLength: 1, maxLength: 5 }), async (messages) => {
      const echo = new Echo();
      const channel = domainOver(echo);
      using secure = await open(channel, level);
      for (const data of messages) {
        const answer = parseResponse(await secure.transmit(encodeCommand(command(0x00, 0xdb, 0x3f, 0xff, data, 256)), limit));
        expect(answer).toEqual({ data, sw: 0x9000 });
        expect(hexOf(echo.seen.at(-1) ?? new Uint8Array())).toContain(hexOf(data));
        if ((level & scp03Level.commandEncryption) !== 0 && data.length > 3) expect(hexOf(channel.commands.at(-1) ?? new Uint8Array())).not.toContain(hexOf(data));
      }
    }), { numRuns: 25 });
  });

  it('ends the session at a command that was changed, replayed or sent in clear', async () => {
    for (const meddle of [(sent: Uint8Array) => Uint8Array.from(sent, (byte, index) => (index === 3 ? byte ^ 1 : byte)), (sent: Uint8Array) => Uint8Array.from(sent, (byte, index) => (index === sent.length - 2 ? byte ^ 1 : byte))]) {
      const domain = domainOver(new Echo());
      let isMeddling = false;
      using secure = await open({ transmit: (sent) => domain.transmit(isMeddling ? meddle(sent) : sent) }, 0x33);
      isMeddling = true;
      expect(parseResponse(await secure.transmit(bytes('00db3fff0401020304'), limit)).sw).toBe(0x6988);
      isMeddling = false;
      expect(parseResponse(await secure.transmit(bytes('00db3fff0401020304'), limit)).sw).toBe(0x6988);
    }
    const domain = domainOver(new Echo());
    using secure = await open(domain, 0x33);
    await secure.transmit(bytes('00db3fff0401020304'), limit);
    expect(parseResponse(await domain.transmit(domain.commands.at(-1) ?? new Uint8Array())).sw, 'a replay').toBe(0x6988);
    expect(parseResponse(await domain.transmit(bytes('00db3fff0401020304'))).sw, 'in clear').toBe(0x6982);
  });

  it('counts a host that does not know the keys, and opens no channel when its tries are used up', async () => {
    const domain = domainOver(new Echo());
    for (let tries = 3; tries > 0; tries -= 1) {
      expect(parseResponse(await domain.transmit(bytes('80500000080011223344556677'))).sw).toBe(0x9000);
      expect(parseResponse(await domain.transmit(bytes(`8482330010${'00'.repeat(16)}`))).sw).toBe(0x6300);
    }
    expect(parseResponse(await domain.transmit(bytes('80500000080011223344556677'))).sw).toBe(0x6983);
    await expect(open(domain, 0x33)).rejects.toMatchObject({ code: 'KEY-CHANNEL' });
  });

  it('carries a PIV application that takes orders by this way only', async () => {
    const { card } = newCard();
    const channel = domainOver(card.face('contact'));
    const bare = new PivSession(channel, limit);
    expect(await bare.select()).toBe(true);
    await expect(bare.generateKey('9A', 'P-256')).rejects.toMatchObject({ code: 'ENC-AUTH' });
    using secure = await open(withGetResponse(channel), 0x33);
    const session = new PivSession(withCommandChaining(secure, scp03MostDataBytes), limit);
    using factory = Secret.take(bytes('010203040506070801020304050607080102030405060708'));
    expect(await session.authenticateManagement('3DES', factory)).toBe('authenticated');
    const contents = Uint8Array.from({ length: 900 }, (_, index) => index & 0xff);
    expect(await session.putObject('5FC102', contents)).toBe(0x9000);
    expect((await session.generateKey('9A', 'P-256')).kind).toBe('ec');
    expect(channel.commands.some((sent) => hexOf(sent).includes(hexOf(contents.subarray(0, 32))))).toBe(false);
  });
});
