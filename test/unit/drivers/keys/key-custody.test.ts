import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pkcs11js from 'pkcs11js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diversifyKey } from '../../../../drivers/codec/an10922.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import type { KeyCustody, SectorKeyInput } from '../../../../drivers/contracts/keys.ts';
import { openKeyCustody } from '../../../../drivers/keys/key-custody.ts';
import type { AllowedKey } from '../../../../drivers/keys/key-policy.ts';
import { scp03SessionKeys } from '../../../../drivers/codec/scp03-keys.ts';
import { importMasterKey, listMasterKeys } from '../../../../drivers/keys/master-keys.ts';
import { createSimulatedToken, type SimulatedToken } from '../../../../drivers/keys/softhsm-token.ts';
import { openTokenSession, type TokenSession } from '../../../../drivers/keys/token-session.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex').toUpperCase();
const reveal = (secret: Secret): string => secret.use(hex);

const KEYS: readonly AllowedKey[] = [
  { label: 'sector', use: 'derive', versions: [1, 2] },
  { label: 'piv-9b', use: 'derive', versions: [1] },
  { label: 'station-seal', use: 'seal', versions: [1] },
];

const INPUT: SectorKeyInput = { uid: bytes('04782E21801D80'), aid: '5189', sector: 5, slot: 'A' };
const SECTOR = { label: 'sector', version: 1 };

let dir: string;
let token: SimulatedToken;
let custody: KeyCustody;
let session: TokenSession;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kortverk-keys-'));
  token = await createSimulatedToken({ dir, keys: KEYS });
  custody = await openKeyCustody({ ...token, keys: KEYS });
  session = await openTokenSession(token.modulePath, token.tokenLabel, token.pin);
});

afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await custody[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

describe('a token made at the first run', () => {
  it('shows a check value for every key, and is found again unchanged', async () => {
    expect(token.created).toBe(true);
    expect(token.masterKeys.map((key) => `${key.label}#${key.version} ${key.use}`)).toEqual(['piv-9b#1 derive', 'sector#1 derive', 'sector#2 derive', 'station-seal#1 seal']);
    const again = await createSimulatedToken({ dir, keys: KEYS });
    expect(again.created).toBe(false);
    expect(again.masterKeys).toEqual(token.masterKeys);
    for (const key of token.masterKeys) expect(await custody.checkValue(key)).toBe(key.checkValue);
  });

  it('keeps its PINs from other users of the computer', async () => {
    for (const file of ['user.pin', 'officer.pin', 'softhsm2.conf']) expect((await stat(join(dir, file))).mode & 0o077).toBe(0);
  });

  it('refuses a wrong PIN when nobody is logged in', async () => {
    using wrong = Secret.take(new TextEncoder().encode('not the pin'));
    await session[Symbol.asyncDispose]();
    await custody[Symbol.asyncDispose]();
    await expect(openTokenSession(token.modulePath, token.tokenLabel, wrong)).rejects.toMatchObject({ code: 'KEY-TOKEN' });
    custody = await openKeyCustody({ ...token, keys: KEYS });
    session = await openTokenSession(token.modulePath, token.tokenLabel, token.pin);
  });
});

describe('master keys', () => {
  it('never leave the token', () => {
    for (const key of KEYS) {
      const handle = session.find({ label: key.label, version: 1 });
      expect(() => session.api.C_GetAttributeValue(session.handle, handle, [{ type: pkcs11js.CKA_VALUE }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
      const [extractable, never] = session.api.C_GetAttributeValue(session.handle, handle, [{ type: pkcs11js.CKA_EXTRACTABLE }, { type: pkcs11js.CKA_NEVER_EXTRACTABLE }]);
      expect([extractable?.value[0], never?.value[0]]).toEqual([0, 1]);
    }
  });

  it('cannot be used for anything but deriving', () => {
    const handle = session.find(SECTOR);
    expect(() => session.api.C_EncryptInit(session.handle, { mechanism: pkcs11js.CKM_AES_ECB }, handle)).toThrow('CKR_KEY_FUNCTION_NOT_PERMITTED');
    expect(() => session.encrypt(SECTOR, new Uint8Array(12), new Uint8Array(1), new Uint8Array(1))).toThrow('KEY-TOKEN');
    expect(() => session.cmac({ label: 'station-seal', version: 1 }, new Uint8Array(16))).toThrow('KEY-TOKEN');
  });

  it('have the check value and the CMAC of the published example when taken in from a ceremony', () => {
    const key = { label: 'an10922-example', version: 1 };
    using value = Secret.take(bytes('00112233445566778899AABBCCDDEEFF'));
    importMasterKey(session, key, 'derive', value);
    expect(session.checkValue(key)).toBe('FDE4FB');
    expect(hex(session.cmac(key, bytes('0104782E21801D803042F54E585020416275')))).toBe('A8DD63A3B89D54B37CA802473FDA9175');
    expect(() => importMasterKey(session, key, 'derive', value)).toThrow('KEY-TOKEN');
    expect(listMasterKeys(session)).toContainEqual({ ...key, use: 'derive', checkValue: 'FDE4FB' });
  });
});

describe('derived keys', () => {
  it('depend on every part of their input', async () => {
    const inputs: SectorKeyInput[] = [INPUT, { ...INPUT, slot: 'B' }, { ...INPUT, sector: 6 }, { ...INPUT, aid: '518A' }, { ...INPUT, uid: bytes('04782E21801D81') }, { ...INPUT, uid: bytes('04782E21') }];
    const derived = await Promise.all([...inputs.map((input) => custody.sectorKey(SECTOR, input)), custody.sectorKey({ label: 'sector', version: 2 }, INPUT)]);
    expect(derived.every((key) => key.length === 6)).toBe(true);
    expect(new Set(derived.map(reveal)).size).toBe(derived.length);
    const [first, ...others] = derived.map(reveal);
    expect(reveal(await custody.sectorKey(SECTOR, INPUT))).toBe(first);
    expect(others).not.toContain(first);
  });

  it('are those that AN10922 gives for the same master key in memory', async () => {
    const master = bytes('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
    const guid = bytes('00112233445566778899AABBCCDDEEFF');
    const expected = hex(diversifyKey('aes-256', master, Uint8Array.from([...guid, ...new TextEncoder().encode('KORTVERK-9B')])));
    using value = Secret.take(Uint8Array.from(master));
    importMasterKey(session, { label: 'known', version: 1 }, 'derive', value);
    const policy = [...KEYS, { label: 'known', use: 'derive', versions: [1] } as const];
    await using known = await openKeyCustody({ ...token, keys: policy });
    expect(reveal(await known.managementKey({ label: 'known', version: 1 }, guid, 32))).toBe(expected);
  });

  it.each([16, 24, 32] as const)('have %i bytes for a card management key', async (lengthBytes) => {
    const key = await custody.managementKey({ label: 'piv-9b', version: 1 }, new Uint8Array(16).fill(7), lengthBytes);
    const other = await custody.managementKey({ label: 'piv-9b', version: 1 }, new Uint8Array(16).fill(8), lengthBytes);
    expect(key.length).toBe(lengthBytes);
    expect(key.equals(other)).toBe(false);
  });

  it('are refused for an unknown label, another use, and a version that is not allowed', async () => {
    await expect(custody.sectorKey({ label: 'nobody', version: 1 }, INPUT)).rejects.toMatchObject({ code: 'KEY-UNAVAILABLE' });
    await expect(custody.sectorKey({ label: 'station-seal', version: 1 }, INPUT)).rejects.toMatchObject({ code: 'KEY-UNAVAILABLE' });
    await expect(custody.sectorKey({ label: 'sector', version: 3 }, INPUT)).rejects.toMatchObject({ code: 'KEY-EXPIRED' });
  });
});

describe('session keys of a secure channel', () => {
  const [enc, mac, maker] = [{ label: 'batch-enc', version: 1 }, { label: 'batch-mac', version: 1 }, { label: 'maker', version: 1 }];
  const input = { diversification: bytes('D9B1DE5D0362DEDCE4FB'), hostChallenge: bytes('0011223344556677'), cardChallenge: bytes('8899AABBCCDDEEFF'), lengthBytes: 32 } as const;
  const values = { enc: bytes('404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F'), mac: bytes('606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F'), maker: bytes('8C72C72CF908411653018807950D82FBAD947562F0828A0B10B8B9606ABF3BCD') };

  it('are those of the same static keys in memory: of a batch, and of a card of the maker', async () => {
    for (const [key, value] of [[enc, values.enc], [mac, values.mac], [maker, values.maker]] as const) {
      using secret = Secret.take(Uint8Array.from(value));
      importMasterKey(session, key, 'derive', secret);
    }
    const policy = [...KEYS, ...[enc, mac, maker].map(({ label }) => ({ label, use: 'derive', versions: [1] }) as const)];
    await using keeper = await openKeyCustody({ ...token, keys: policy });
    const inMemory = scp03SessionKeys(values, input.hostChallenge, input.cardChallenge);
    using batch = await keeper.channelSession({ kind: 'batch', enc, mac }, input);
    expect([batch.sEnc, batch.sMac, batch.sRmac].map(reveal)).toEqual([inMemory.sEnc, inMemory.sMac, inMemory.sRmac].map(hex));
    // The encryption key of this card is a published vector (scp03-keys.test.ts).
    const own = { enc: bytes('9AAC5D0B3601F89438A0D9D0B6B256CFB47E6462DFA5228D3420C4AC7C224781'), mac: values.mac };
    using card = await keeper.channelSession({ kind: 'diversified', master: maker }, input);
    expect(reveal(card.sEnc)).toBe(hex(scp03SessionKeys(own, input.hostChallenge, input.cardChallenge).sEnc));
    card[Symbol.dispose]();
    expect(() => card.sMac.use(hex)).toThrow('wiped');
  });

  it('are refused for keys that the station may not use', async () => {
    await expect(custody.channelSession({ kind: 'batch', enc: SECTOR, mac }, input)).rejects.toMatchObject({ code: 'KEY-UNAVAILABLE' });
    await expect(custody.channelSession({ kind: 'diversified', master: maker }, input)).rejects.toMatchObject({ code: 'KEY-UNAVAILABLE' });
  });
});

describe('opening', () => {
  it('fails when an allowed key or the token is missing, or the policy names no sealing key', async () => {
    const missing = [...KEYS, { label: 'sector-next', use: 'derive', versions: [1] } as const];
    await expect(openKeyCustody({ ...token, keys: missing })).rejects.toMatchObject({ code: 'KEY-UNAVAILABLE' });
    await expect(openKeyCustody({ ...token, tokenLabel: 'elsewhere', keys: KEYS })).rejects.toMatchObject({ code: 'KEY-UNAVAILABLE' });
    await expect(openKeyCustody({ ...token, keys: KEYS.slice(0, 2) })).rejects.toMatchObject({ code: 'CFG-INVALID' });
    await expect(openKeyCustody({ ...token, modulePath: '/nonexistent.so', keys: KEYS })).rejects.toMatchObject({ code: 'KEY-TOKEN' });
  });
});

describe('sealing', () => {
  it('gives back what was sealed, differently each time, and nothing that was changed', async () => {
    const sealed = await custody.seal(Secret.take(new TextEncoder().encode('493817')));
    const again = await custody.seal(Secret.take(new TextEncoder().encode('493817')));
    expect(hex(again)).not.toBe(hex(sealed));
    using opened = await custody.unseal(sealed);
    expect(opened.use((plain) => new TextDecoder().decode(plain))).toBe('493817');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed, (byte, at) => (at === index ? byte ^ 1 : byte));
      await expect(custody.unseal(changed), `byte ${index}`).rejects.toMatchObject({ code: expect.stringMatching(/^KEY-(TOKEN|EXPIRED)$/) });
    }
    for (const length of [0, 1, 14, sealed.length - 1]) await expect(custody.unseal(sealed.slice(0, length)), `${length} bytes`).rejects.toMatchObject({ code: 'KEY-TOKEN' });
  });
});
