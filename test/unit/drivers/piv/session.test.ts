import { describe, expect, it } from 'vitest';
import { encodeCommand, parseCommand } from '../../../../drivers/codec/apdu.ts';
import type { ApduChannel } from '../../../../drivers/contracts/channel.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { PivSession } from '../../../../drivers/piv/session.ts';
import { layered, limit, newCard, ChipChannel } from '../../../support/piv/card-bench.ts';
import { bytes, chainedData, hex, sectionOf, type Section, type TranscriptName } from '../../../support/piv/transcript.ts';

const transcripts: readonly TranscriptName[] = ['pivapplet-0.9.0', 'canokey-core'];

/** A channel that plays a recorded section: each command must be the next recorded one, apart from its Le. */
class Replay implements ApduChannel {
  readonly #left: Section['exchanges'][number][];

  constructor(section: Section, from: string) {
    const start = section.exchanges.findIndex(({ command }) => hex(command).startsWith(from));
    this.#left = section.exchanges.slice(Math.max(start, 0));
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const recorded = this.#left.shift();
    expect(withoutLe(command)).toBe(withoutLe(recorded?.command ?? new Uint8Array()));
    return recorded?.answer ?? new Uint8Array();
  }
}

function withoutLe(command: Uint8Array): string {
  const parsed = parseCommand(command);
  return parsed === null ? 'nothing' : hex(encodeCommand({ ...parsed, le: null }));
}

function replay(name: TranscriptName, title: string, from: string): PivSession {
  return new PivSession(layered(new Replay(sectionOf(name, title), from)), limit);
}

/** Answers every command with the same bytes. */
function answering(answer: string): PivSession {
  return new PivSession({ transmit: async () => bytes(answer) }, limit);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.catch((error: unknown) => error);
  return outcome instanceof StationFault ? outcome.code : 'no fault';
}

describe.each(transcripts)('a session as recorded with %s', (name) => {
  it('makes keys', async () => {
    const p256 = await replay(name, 'generate 9A P-256', '0047').generateKey('9A', 'P-256');
    expect(p256).toMatchObject({ kind: 'ec', curve: 'P-256' });
    const other = await replay(name, 'generate 9E P-256', '0047').generateKey('9E', 'P-256');
    expect(other.kind === 'ec' ? other.point.length : 0).toBe(65);
    expect(other).not.toEqual(p256);
  });

  it('verifies a PIN, and is told how many tries a wrong one left', async () => {
    using pin = Secret.take(bytes('313233343536FFFF'));
    using wrong = Secret.take(bytes('303030303030FFFF'));
    expect(await replay(name, 'verify PIN', '0020008008').verifyPin(pin)).toEqual({ kind: 'accepted' });
    expect(await replay(name, 'wrong PIN', '0020008008').verifyPin(wrong)).toEqual({ kind: 'wrong', triesLeft: name === 'canokey-core' ? 2 : 4 });
  });

  it('changes the PIN', async () => {
    using old = Secret.take(bytes('313233343536FFFF'));
    using next = Secret.take(bytes('363534333231FFFF'));
    expect(await replay(name, 'change PIN', '0024').changeReference('PIN', old, next)).toEqual({ kind: 'accepted' });
  });

  it('writes a certificate in links of 255 bytes', async () => {
    const object = chainedData(sectionOf(name, 'import certificate 9C'), 0xdb);
    const contents = object.subarray(9);
    expect(await replay(name, 'import certificate 9C', '10DB').putObject('5FC10A', contents)).toBe(0x9000);
  });

  it('replaces the management key', async () => {
    using key = Secret.take(bytes('0102030405060708010203040506070801020304050607FE'));
    await expect(replay(name, 'set management key 3DES', '00FF').setManagementKey('SET MANAGEMENT KEY', '3DES', key)).resolves.toBeUndefined();
  });

  it('reads objects that are there and tells those that are not', async () => {
    expect(await replay(name, 'status of a blank card', '00CB3FFF055C035FC102').getObject('5FC102')).toMatchObject({ kind: 'found' });
    expect(await replay(name, 'status of a blank card', '00CB3FFF055C035FC105').getObject('5FC105')).toEqual({ kind: 'absent' });
    expect((await replay(name, 'set management key 3DES', '00CB3FFF055C035FC109').getObject('5FC109')).kind).toBe('refused');
  });

  it('reads what is known of the management key', async () => {
    expect(await replay(name, 'set management key 3DES', '00F7009B').metadata(0x9b)).toMatchObject({ algorithmId: 3, isDefault: true });
  });
});

describe('PivSession', () => {
  it('authenticates both sides, and tells a wrong key from another algorithm', async () => {
    const session = new PivSession(layered(new ChipChannel(newCard().card.face('contact'))), limit);
    await session.select();
    using factory = Secret.take(bytes('010203040506070801020304050607080102030405060708'));
    using wrong = Secret.take(bytes('FF0203040506070801020304050607080102030405060708'));
    expect(await session.authenticateManagement('3DES', wrong)).toBe('wrong key');
    expect(await session.authenticateManagement('AES-192', factory)).toBe('unsupported');
    expect(await session.authenticateManagement('3DES', factory)).toBe('authenticated');
  });

  it('is not taken in by a card that lets anyone in without knowing the key', async () => {
    const answers = [bytes('7C0A800801020304050607089000'), bytes('7C0A820800000000000000009000')];
    const session = new PivSession({ transmit: async () => answers.shift() ?? new Uint8Array() }, limit);
    using factory = Secret.take(bytes('010203040506070801020304050607080102030405060708'));
    expect(await codeOf(session.authenticateManagement('3DES', factory))).toBe('ENC-AUTH');
  });

  it.each<[string, string, (session: PivSession) => Promise<unknown>, string]>([
    ['an object that is no TLV', '53059000', (session) => session.getObject('5FC102'), 'LNK-PROTOCOL'],
    ['a key that is none', '7F4902860090 00', (session) => session.generateKey('9A', 'P-256'), 'LNK-PROTOCOL'],
    ['a signature without its template', '82009000', (session) => session.sign('9A', 'P-256', bytes('00')), 'LNK-PROTOCOL'],
    ['no status word', '90', (session) => session.select(), 'LNK-PROTOCOL'],
    ['an error of the chip', '6F00', (session) => session.getObject('5FC102'), 'ENC-PARTIAL'],
    ['no memory for a key', '6A84', (session) => session.generateKey('9A', 'P-256'), 'ENC-KEYGEN'],
  ])('throws for %s', async (_name, answer, act, code) => {
    expect(await codeOf(act(answering(answer)))).toBe(code);
  });

  it('tells a chip without PIV, and a PIN that is blocked', async () => {
    expect(await answering('6A82').select()).toBe(false);
    using pin = Secret.take(bytes('313233343536FFFF'));
    expect(await answering('6983').verifyPin(pin)).toEqual({ kind: 'wrong', triesLeft: 0 });
  });

  it('wipes the commands that carried a PIN, and not the PIN', async () => {
    const seen: Uint8Array[] = [];
    const session = new PivSession({ transmit: async (command) => { seen.push(command); return bytes('9000'); } }, limit);
    using pin = Secret.take(bytes('313233343536FFFF'));
    await session.verifyPin(pin);
    expect(seen.map(hex)).toEqual(['00'.repeat(13)]);
    expect(pin.use(hex)).toBe('313233343536FFFF');
  });
});
