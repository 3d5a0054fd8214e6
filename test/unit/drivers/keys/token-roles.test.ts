import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { openKeyAdministration } from '../../../../drivers/keys/key-administration.ts';
import { createSimulatedToken, type SimulatedToken } from '../../../../drivers/keys/softhsm-token.ts';
import { changePin, proveOfficer, resetUserPin } from '../../../../drivers/keys/token-roles.ts';
import { openTokenSession } from '../../../../drivers/keys/token-session.ts';

let dir: string;
let token: SimulatedToken;
let officer: Secret;
const pin = (text: string): Secret => Secret.take(new TextEncoder().encode(text));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kortverk-roles-'));
  token = await createSimulatedToken({ dir, keys: [{ label: 'sector', use: 'derive', versions: [1] }] });
  officer = Secret.take(await readFile(join(dir, 'officer.pin')));
});
afterEach(() => rm(dir, { recursive: true }));

const opens = async (candidate: Secret): Promise<boolean> => {
  try {
    await using session = await openTokenSession(token.modulePath, token.tokenLabel, candidate);
    return session.has({ label: 'sector', version: 1 });
  } catch (error) {
    expect(error).toMatchObject({ code: 'KEY-TOKEN' });
    return false;
  }
};

describe('the officer of a token', () => {
  it('is proven by a PIN that is not the user’s', () => {
    expect(() => proveOfficer(token, officer, token.pin)).not.toThrow();
    expect(() => proveOfficer(token, token.pin, officer)).toThrow(expect.objectContaining({ code: 'KEY-ROLE' }));
    expect(() => proveOfficer(token, officer, officer)).toThrow(expect.objectContaining({ code: 'KEY-ROLE', detail: { note: 'officer and user have the same PIN' } }));
    expect(() => proveOfficer({ ...token, tokenLabel: 'nobody' }, officer, token.pin)).toThrow(expect.objectContaining({ code: 'KEY-UNAVAILABLE' }));
  });

  it('is needed to change keys, and not to see them', async () => {
    await using keepers = await openKeyAdministration({ ...token, officerPin: null });
    expect(keepers.list()).toHaveLength(1);
    const [key] = keepers.list();
    for (const change of [() => keepers.generate({ label: 'x', version: 1 }, 'derive'), () => keepers.assemble({ label: 'x', version: 1 }, 'derive', []), () => keepers.roll('sector'), () => keepers.destroy({ label: 'sector', version: 1 }, key?.checkValue ?? '')]) {
      expect(change).toThrow(expect.objectContaining({ code: 'KEY-ROLE' }));
    }
    expect(keepers.list()).toEqual([key]);
  });

  it('cannot open the keys: that is the user’s', async () => {
    expect(await opens(officer)).toBe(false);
    expect(await opens(token.pin)).toBe(true);
  });

  it('gives the user a new PIN without the old one, and never the officer’s own', async () => {
    resetUserPin(token, officer, pin('new-user-pin'));
    expect(await opens(token.pin)).toBe(false);
    expect(await opens(pin('new-user-pin'))).toBe(true);
    expect(() => resetUserPin(token, officer, officer)).toThrow(expect.objectContaining({ code: 'KEY-ROLE' }));
    expect(() => resetUserPin(token, pin('not-the-officer'), pin('other-pin'))).toThrow(expect.objectContaining({ code: 'KEY-ROLE' }));
  });

  it('and the user change their own PINs, each knowing the old one', async () => {
    changePin(token, 'user', token.pin, pin('user-by-user'));
    expect(await opens(pin('user-by-user'))).toBe(true);
    changePin(token, 'officer', officer, pin('officer-by-officer'));
    expect(() => proveOfficer(token, officer, token.pin)).toThrow(expect.objectContaining({ code: 'KEY-ROLE' }));
    expect(() => proveOfficer(token, pin('officer-by-officer'), token.pin)).not.toThrow();
    expect(() => changePin(token, 'user', token.pin, pin('again'))).toThrow(expect.objectContaining({ code: 'KEY-ROLE' }));
  });
});
