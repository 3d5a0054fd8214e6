import { describe, expect, it } from 'vitest';
import type { ApduChannel } from '../../../../drivers/contracts/channel.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { openMifareSession } from '../../../../drivers/mifare-classic/session.ts';
import { blankMifareCard } from '../../../../simulator/card/mifare-card.ts';
import { presentStorageCard, type ReaderKeys } from '../../../../simulator/reader/storage-card.ts';
import { ACR122, benchCard, BenchChannel, LIMIT, OMNIKEY, UID } from './mifare-bench.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array | null): string | null => (value === null ? null : Buffer.from(value).toString('hex').toUpperCase());
const key = (value: string): Secret => Secret.take(bytes(value));
const TRANSPORT = 'FFFFFFFFFFFF';
const IDENTIV = 'Identiv uTrust 3700 F CL Reader 00 00';
const UNKNOWN = 'A reader nobody knows 00 00';
const READERS = [OMNIKEY, ACR122, IDENTIV, UNKNOWN];

const loads = (channel: BenchChannel): readonly string[] => channel.sent.filter((command) => command[1] === 0x82).map((command) => hex(command) ?? '');

/** A channel that answers from a list, for answers that no simulated card gives. */
function scripted(...answers: readonly string[]): ApduChannel & { readonly sent: string[] } {
  const left = [...answers];
  const sent: string[] = [];
  return {
    sent,
    async transmit(command) {
      sent.push(hex(command) ?? '');
      return bytes(left.shift() ?? '');
    },
  };
}

describe.each(READERS)('through %s', (reader) => {
  it('a sector opens, is read, written, and refused with a wrong key without losing the card', async () => {
    const card = benchCard({ reader }).insert();
    using session = await openMifareSession(card, LIMIT);
    expect(hex(session.uid)).toBe(UID);
    expect(await session.authenticate(3, 'A', key('010203040506'))).toBe(false);
    expect(await session.authenticate(3, 'A', key(TRANSPORT))).toBe(true);
    expect(await session.write(13, new Uint8Array(16).fill(0x2a))).toBe(true);
    expect(hex(await session.read(13))).toBe('2A'.repeat(16));
    expect(await session.read(16), 'a block of another sector').toBeNull();
    expect(await session.authenticate(4, 'A', key(TRANSPORT))).toBe(true);
    expect(await session.write(0, new Uint8Array(16)), 'not of this sector').toBe(false);
  });

  it('a key that was overwritten in the reader by someone else is loaded again before it is called wrong', async () => {
    const { chip } = blankMifareCard({ uid: UID, chip: '1k' }, { onChange: () => undefined });
    const keys: ReaderKeys = new Map();
    const channel = new BenchChannel(presentStorageCard(chip, reader, keys));
    using session = await openMifareSession({ reader, channel }, LIMIT);
    expect(await session.authenticate(1, 'A', key(TRANSPORT))).toBe(true);
    for (const slot of keys.keys()) keys.set(slot, new Uint8Array(6));
    expect(await session.authenticate(2, 'A', key(TRANSPORT))).toBe(true);
    expect(await session.authenticate(2, 'A', key('000000000000'))).toBe(false);
  });
});

describe('key memory of readers', () => {
  it.each([
    [OMNIKEY, ['FF82201D06FFFFFFFFFFFF']],
    [ACR122, ['FF82000106FFFFFFFFFFFF']],
    [IDENTIV, ['FF82006006FFFFFFFFFFFF']],
    [UNKNOWN, ['FF82200106FFFFFFFFFFFF', 'FF82000106FFFFFFFFFFFF']],
  ])('%s is given a key once, however often it is used', async (reader, expected) => {
    const card = benchCard({ reader }).insert();
    using session = await openMifareSession(card, LIMIT);
    for (let sector = 0; sector < 16; sector += 1) expect(await session.authenticate(sector, 'A', key(TRANSPORT), true)).toBe(true);
    expect(loads(card.channel)).toEqual(expected);
  });

  it('in EEPROM is worn evenly: other keys take turns, the frequent one keeps its place', async () => {
    const card = benchCard({ reader: OMNIKEY }).insert();
    using session = await openMifareSession(card, LIMIT);
    await session.authenticate(0, 'A', key(TRANSPORT), true);
    for (let number = 0; number < 62; number += 1) await session.authenticate(0, 'A', key(number.toString(16).padStart(12, '0')));
    await session.authenticate(0, 'A', key(TRANSPORT), true);
    const slots = loads(card.channel).map((command) => Number.parseInt(command.slice(6, 8), 16));
    const frequent = Number.parseInt(UID.slice(-2), 16) % 32;
    for (let slot = 0; slot < 32; slot += 1) expect(slots.filter((used) => used === slot), `slot ${slot}`).toHaveLength(slot === frequent ? 1 : 2);
  });

  it('that takes no key at all is a fault that names what was tried', async () => {
    const channel = scripted(`${UID}9000`, '6986', '6300', '6A81');
    using session = await openMifareSession({ reader: UNKNOWN, channel }, LIMIT);
    await expect(session.authenticate(0, 'A', key(TRANSPORT))).rejects.toMatchObject({ code: 'LNK-PROTOCOL', detail: { note: expect.stringContaining('6986') } });
  });
});

describe('secrets', () => {
  it('are wiped from every command that carried them', async () => {
    const kept: Uint8Array[] = [];
    const inner = benchCard().insert().channel;
    const channel: ApduChannel = {
      transmit(command) {
        kept.push(command);
        return inner.transmit(command);
      },
    };
    using session = await openMifareSession({ reader: OMNIKEY, channel }, LIMIT);
    await session.authenticate(1, 'A', key(TRANSPORT));
    await session.write(7, bytes('C1C2C3C4C5C6FF078069D1D2D3D4D5D6'));
    const carriers = kept.filter((_, index) => [0x82, 0xd6].includes(inner.sent[index]?.[1] ?? 0));
    expect(carriers).toHaveLength(2);
    expect(carriers.every((command) => command.every((byte) => byte === 0))).toBe(true);
  });
});

describe('a card that does not play along', () => {
  it.each([
    ['gives no UID', ['6A81'], 'ENC-MUTE'],
    ['has a UID of ten bytes', ['000102030405060708099000'], 'ENC-WRONG-BLANK'],
    ['answers without a status word', ['90'], 'LNK-PROTOCOL'],
  ])('%s', async (_, answers, code) => {
    await expect(openMifareSession({ reader: OMNIKEY, channel: scripted(...answers) }, LIMIT)).rejects.toMatchObject({ code });
  });

  it.each([
    ['a card that left is not a wrong key', ['6300'], 'LNK-CARD-GONE'],
    ['another card in its place neither', ['112233449000'], 'LNK-CARD-GONE'],
  ])('%s', async (_, answers, code) => {
    const channel = scripted(`${UID}9000`, '9000', '6300', ...answers);
    using session = await openMifareSession({ reader: ACR122, channel }, LIMIT);
    await expect(session.authenticate(0, 'A', key(TRANSPORT))).rejects.toMatchObject({ code });
  });

  it('is asked once more when it was silent, and then is mute', async () => {
    const heard = scripted(`${UID}9000`, '9000', '6400', `${UID}9000`, '9000', '9000');
    using session = await openMifareSession({ reader: OMNIKEY, channel: heard }, LIMIT);
    expect(await session.authenticate(0, 'A', key(TRANSPORT))).toBe(true);
    const silent = scripted(`${UID}9000`, '9000', '6400', `${UID}9000`, '9000', '6400', `${UID}9000`);
    using second = await openMifareSession({ reader: OMNIKEY, channel: silent }, LIMIT);
    await expect(second.authenticate(0, 'A', key(TRANSPORT))).rejects.toMatchObject({ code: 'ENC-MUTE' });
  });

  it('answers words that belong to no storage card', async () => {
    const channel = scripted(`${UID}9000`, '9000', '9000', '6F00', '009000');
    using session = await openMifareSession({ reader: OMNIKEY, channel }, LIMIT);
    await session.authenticate(0, 'A', key(TRANSPORT));
    await expect(session.read(1)).rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
    await expect(session.read(1), 'one byte of data').rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
  });
});
