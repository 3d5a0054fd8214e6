import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approveProfile, checkProfiles, listProfiles, type ProfilesRequest } from '../../../daemon/compose-profiles.ts';
import { newApprover, writeApprovers } from '../../support/approval-key.ts';
import { readProfiles } from '../../../daemon/intake/read-profiles.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import { exampleCardProfile, exampleSectorProfile } from '../../support/orders/example-profiles.ts';
import { openOrderFolder, type OrderFolder } from '../../support/orders/order-folder.ts';

let folder: OrderFolder;
let request: ProfilesRequest;
const draft = { approved: false, author: 'Anna Ek' };
const bo = newApprover('Bo');
const anna = newApprover('Anna Ek');
const approversFile = (): string => join(folder.path, 'approvers.list');
const place = (): { readonly profilesDir: string; readonly approversFile: string } => ({ profilesDir: folder.path, approversFile: approversFile() });
const onBlank = { on: 'simulated blank' } as const;

beforeEach(async () => {
  folder = await openOrderFolder();
  await writeApprovers(approversFile(), [bo, anna]);
  request = { profilesDir: folder.path, approversFile: approversFile(), configFile: null, id: null, version: null, card: null };
  await folder.writeOrder('card.json', exampleCardProfile('PIVC_MIFARE', { release: draft }));
});
afterEach(() => folder[Symbol.asyncDispose]());

const sectors = (changes: Parameters<typeof exampleSectorProfile>[0] = {}) => folder.writeOrder('sectors.json', exampleSectorProfile({ release: draft, ...changes }));
const doors = (): ProfilesRequest => ({ ...request, id: 'doors' });
const [example] = exampleSectorProfile().sectors;
if (example === undefined) throw new Error('the example has a sector');

describe('profiles check', () => {
  it.each<[string, Parameters<typeof exampleSectorProfile>[0], string]>([
    ['a sector twice', { sectors: [example, example] }, 'sectors.1.sector'],
    ['the sector of the tag', { sectors: [{ ...example, sector: 15 }] }, 'sectors.0.sector'],
    ['bytes twice', { sectors: [{ ...example, data: [...example.data, { offset: 15, length: 2, encoding: 'hex', hex: 'FFFF' }] }] }, 'sectors.0.data.1'],
    ['an access condition that no chip has', { sectors: [{ ...example, access: { ...example.access, data: [{ read: 'A', write: 'A', increment: 'never', decrement: 'never' }, example.access.data[1], example.access.data[2]] } }] }, 'sectors.0.access.data'],
    ['a readable key B', { sectors: [{ ...example, access: { ...example.access, trailer: { writeKeyA: 'A', readAccess: 'A', writeAccess: 'A', readKeyB: 'A', writeKeyB: 'A' } } }] }, 'sectors.0.access.trailer'],
    ['an AID that is none', { sectors: [{ ...example, aid: '0001' }] }, 'sectors.0.aid'],
  ])('finds %s', async (_, changes, field) => {
    await sectors(changes);
    const [checked] = await checkProfiles(doors(), null, systemClock);
    expect(checked?.findings.map((finding) => [finding.code, finding.field])).toEqual([['ENC-PROFILE-INVALID', field]]);
  });

  it('checks the sectors of a larger chip with the card that can hold them', async () => {
    await sectors({ sectors: [{ ...example, sector: 20 }] });
    expect((await checkProfiles(doors(), null, systemClock))[0]?.findings.map(({ field }) => field)).toEqual(['sectors.0.sector']);
    const small = exampleCardProfile('PIVC_MIFARE');
    await folder.writeOrder('larger.json', { ...small, id: 'larger', mifare: { ...small.mifare, chip: '4k' }, release: draft });
    expect((await checkProfiles(doors(), null, systemClock))[0]?.findings).toEqual([]);
  });

  it('finds a tag in a sector that the chip lacks', async () => {
    await folder.writeOrder('card.json', exampleCardProfile('PIVC_MIFARE', { release: draft, tag: { place: 'MIFARE', sector: 20 } }));
    const [checked] = await checkProfiles(request, null, systemClock);
    expect(checked?.findings.map(({ field }) => field)).toEqual(['tag.sector']);
  });

  it('writes nothing without a test card, and issues none of a faulty profile', async () => {
    await sectors({ sectors: [example, example] });
    const before = await readFile(join(folder.path, 'sectors.json'), 'utf8');
    const [checked] = await checkProfiles(doors(), onBlank, systemClock);
    expect(checked?.testCard).toBeNull();
    expect(await readFile(join(folder.path, 'sectors.json'), 'utf8')).toBe(before);
  });
});

describe('the way to an approval', () => {
  it('is: written, issued, approved by a second person; a change ends it', async () => {
    await sectors();
    await expect(approveProfile(doors(), 'Bo', bo, systemClock)).rejects.toMatchObject({ code: 'ENC-PROFILE-APPROVAL', detail: { note: 'it was never issued on a test card' } });
    const [issued] = await checkProfiles(doors(), onBlank, systemClock);
    expect(issued).toMatchObject({ state: 'tested', findings: [], testCard: { acts: expect.arrayContaining(['mifare tag', 'mifare trailer 2', 'mifare trailer 0']) as string[] } });
    expect(issued?.release.testCard).toMatchObject({ on: 'simulated blank', profile: issued?.digest, with: 'mifare-piv version 1' });
    expect((await readProfiles(place())).sectors[0]?.release.approved).toBe(false);
    await expect(approveProfile(doors(), 'anna  EK', anna, systemClock)).rejects.toMatchObject({ code: 'ENC-PROFILE-APPROVAL', detail: { note: 'its author cannot approve it' } });
    expect(await approveProfile(doors(), 'Bo', bo, systemClock)).toMatchObject({ state: 'approved', release: { by: 'Bo' } });
    expect((await readProfiles(place())).sectors[0]?.release.approved).toBe(true);

    const file = join(folder.path, 'sectors.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"5189"', '"518B"'));
    expect((await listProfiles(doors())).map(({ state }) => state)).toEqual(['changed']);
    expect((await readProfiles(place())).sectors[0]?.release.approved).toBe(false);
    await expect(approveProfile(doors(), 'Bo', bo, systemClock)).rejects.toMatchObject({ detail: { note: 'it was changed after its test card was issued' } });
  });

  it('ends when the approval is edited, and takes no key but the one listed for the approver', async () => {
    await sectors();
    await checkProfiles(doors(), onBlank, systemClock);
    await expect(approveProfile(doors(), 'Bo', newApprover('Bo'), systemClock)).rejects.toMatchObject({ code: 'ENC-PROFILE-APPROVAL', detail: { note: "the key is not listed as Bo's among the approvers" } });
    await expect(approveProfile(doors(), 'Bo', anna, systemClock)).rejects.toMatchObject({ code: 'ENC-PROFILE-APPROVAL' });
    await writeApprovers(approversFile(), [bo, { ...bo, name: 'Anna Ek' }]);
    await expect(approveProfile(doors(), 'Bo', bo, systemClock)).rejects.toMatchObject({ detail: { note: 'its author is listed with the same key' } });
    await writeApprovers(approversFile(), [bo, anna]);
    await approveProfile(doors(), 'Bo', bo, systemClock);
    const file = join(folder.path, 'sectors.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"author": "Anna Ek"', '"author": "Somebody"'));
    expect((await listProfiles(doors())).map(({ state }) => state)).toEqual(['unverified']);
    const [checked] = await checkProfiles(doors(), null, systemClock);
    expect(checked?.findings).toMatchObject([{ code: 'ENC-PROFILE-UNVERIFIED', detail: { field: 'doors version 1', note: 'its approval is unverified' } }]);
    expect((await readProfiles(place())).sectors[0]?.release.approved).toBe(false);
    await writeFile(file, text);
    expect((await readProfiles(place())).sectors[0]?.release.approved).toBe(true);
    await writeApprovers(approversFile(), [anna]);
    expect((await readProfiles(place())).sectors[0]?.release.approved).toBe(false);
  });

  it('issues both chips of a card profile, with certificates of the test authority', async () => {
    const [issued] = await checkProfiles(request, onBlank, systemClock);
    expect(issued?.testCard?.certificates).toHaveLength(1);
    expect(issued?.testCard?.acts.filter((act) => act.startsWith('piv ')).length).toBeGreaterThan(5);
    expect(await approveProfile({ ...request, id: 'mifare-piv', version: 1 }, 'Bo', bo, systemClock)).toMatchObject({ state: 'approved' });
    await expect(approveProfile({ ...request, id: 'mifare-piv' }, 'Cia', newApprover('Cia'), systemClock)).rejects.toMatchObject({ detail: { note: 'it is approved already, by Bo' } });
  });

  it.each(['diversified', 'batch'] as const)('issues on a blank that wants a secure channel, its keys in the token: %s', async (kind) => {
    const { piv, ...card } = exampleCardProfile('PIVC', { id: 'channel', release: draft });
    const named = (label: string): { readonly label: string; readonly version: number } => ({ label, version: 1 });
    const keys = kind === 'diversified' ? { kind, master: named('maker') } : { kind, enc: named('batch-enc'), mac: named('batch-mac') };
    await folder.writeOrder('channel.json', { ...card, piv: { ...piv, secureChannel: { protocol: 'SCP03', keys, keyBits: kind === 'batch' ? 256 : 128 } } });
    const [issued] = await checkProfiles({ ...request, id: 'channel' }, onBlank, systemClock);
    expect(issued).toMatchObject({ state: 'tested', findings: [] });
    expect(issued?.testCard?.acts).toEqual(expect.arrayContaining(['piv management key', 'piv issue 9A']));
  });

  it('is closed to a channel whose key serves something else', async () => {
    const { piv, ...card } = exampleCardProfile('PIVC', { id: 'channel', release: draft });
    await folder.writeOrder('channel.json', { ...card, piv: { ...piv, secureChannel: { protocol: 'SCP03', keys: { kind: 'diversified', master: piv.managementKey.key } } } });
    const [checked] = await checkProfiles({ ...request, id: 'channel' }, onBlank, systemClock);
    expect(checked?.findings.map(({ code, field }) => [code, field])).toEqual([['ENC-PROFILE-INVALID', 'piv.secureChannel.keys.master']]);
    expect(checked?.testCard).toBeNull();
  });

  it('needs an author', async () => {
    await sectors({ release: { approved: false } });
    await checkProfiles(doors(), onBlank, systemClock);
    await expect(approveProfile(doors(), 'Bo', bo, systemClock)).rejects.toMatchObject({ code: 'ENC-PROFILE-APPROVAL' });
  });
});
