import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readApprovers } from '../../../../daemon/intake/read-approvers.ts';
import { readProfiles, type ProfilesPlace } from '../../../../daemon/intake/read-profiles.ts';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import { checkSectorProfile } from '../../../../queue/profile/check-sector-profile.ts';
import { exampleCardProfile, exampleSectorProfile } from '../../../support/orders/example-profiles.ts';
import { openOrderFolder, type OrderFolder } from '../../../support/orders/order-folder.ts';

let folder: OrderFolder;
const place = (profilesDir: string): ProfilesPlace => ({ profilesDir, approversFile: join(packageRoot(), 'samples/approvers.json') });

beforeEach(async () => {
  folder = await openOrderFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

describe('a folder of profiles', () => {
  it('is read whole; other files are left alone', async () => {
    await folder.writeOrder('1.json', exampleCardProfile('PIVC'));
    await folder.writeOrder('2.json', exampleCardProfile('PIVC', { version: 2 }));
    await folder.writeOrder('3.json', exampleSectorProfile());
    const { cards, sectors } = await readProfiles(place(folder.path));
    expect(cards.map(({ version }) => version)).toEqual([1, 2]);
    expect(sectors.map(({ id }) => id)).toEqual(['doors']);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /not JSON/],
    ['no kind', '{"id":"x"}', /kind/],
    ['a card without its parts', '{"kind":"card","id":"x","version":1}', /technology/],
    ['an unknown field', JSON.stringify({ ...exampleSectorProfile(), colour: 'red' }), /colour/],
  ])('with %s is refused by file and field', async (_name, text, reason) => {
    await folder.write('bad.json', text);
    await expect(readProfiles(place(folder.path))).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: join(folder.path, 'bad.json'), note: expect.stringMatching(reason) as string } });
  });

  it('with a version twice is refused', async () => {
    await folder.writeOrder('1.json', exampleCardProfile('PIVC'));
    await folder.writeOrder('2.json', exampleCardProfile('PIVC'));
    await expect(readProfiles(place(folder.path))).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { note: 'card piv version 1 stands also in 1.json' } });
  });

  it('that is not there is refused', async () => {
    await expect(readProfiles(place(join(folder.path, 'nobody')))).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { note: 'ENOENT' } });
  });
});

describe('a file of approvers', () => {
  it.each<[string, string, RegExp]>([
    ['no JSON', '[', /not JSON/],
    ['no list', '{"approvers":{}}', /approvers/],
    ['a key that is none', '{"approvers":[{"name":"Bo","publicKey":"AAAA"}]}', /the key of Bo is neither P-256 nor Ed25519/],
    ['a key of another kind', JSON.stringify({ approvers: [{ name: 'Bo', publicKey: rsaKey() }] }), /neither P-256 nor Ed25519/],
  ])('with %s is refused by name', async (_name, text, reason) => {
    await folder.write('approvers', text);
    await expect(readApprovers(join(folder.path, 'approvers'))).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: join(folder.path, 'approvers'), note: expect.stringMatching(reason) as string } });
  });

  it('that is not there is refused', async () => {
    await expect(readApprovers(join(folder.path, 'nobody'))).rejects.toMatchObject({ code: 'CFG-INVALID' });
  });
});

function rsaKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}

describe('the sample profiles', () => {
  it('are cards with a MIFARE chip of each size and PIV, one with PIV only, one with everything that PIV has, and sectors that fit', async () => {
    const { cards, sectors } = await readProfiles({ profilesDir: join(packageRoot(), 'samples/profiles'), approversFile: join(packageRoot(), 'samples/approvers.json') });
    expect(cards.map(({ id, version, technology, release }) => [id, version, technology, release.approved])).toEqual([['id06-mifare-piv', 1, 'PIVC_MIFARE', true], ['id06-piv', 1, 'PIVC', true], ['id06-piv-full', 1, 'PIVC', true], ['id06-piv-mifare-4k', 1, 'PIVC_MIFARE', true], ['id06-piv-mifare-mini', 1, 'PIVC_MIFARE', true]]);
    const [card, , , wide, mini] = cards;
    const [doors, gates] = sectors;
    if (card === undefined || wide === undefined || mini === undefined || doors === undefined || gates === undefined) throw new Error('not there');
    expect([...doors.sectors, ...gates.sectors].map(({ aid }) => aid)).toEqual(['5189', '518A', '518B', '518C']);
    expect([checkSectorProfile(doors, card), checkSectorProfile(gates, wide), checkSectorProfile(doors, mini)]).toEqual([[], [], []]);
    expect(checkSectorProfile(gates, mini).map(({ code }) => code)).toEqual(['ENC-PROFILE-INVALID', 'ENC-PROFILE-INVALID']);
  });
});
