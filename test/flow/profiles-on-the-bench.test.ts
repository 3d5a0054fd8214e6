import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approverEntry, withApprovalKey } from '../../daemon/compose-approver.ts';
import { approveProfile, checkProfiles, listProfiles, type ProfilesRequest } from '../../daemon/compose-profiles.ts';
import { openSimulation, type Simulation } from '../../daemon/compose-simulation.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { findSimulatedToken } from '../../drivers/keys/softhsm-token.ts';
import { simulatedPerson } from '../../simulator/script/simulated-person.ts';
import { endMachine } from '../campaign/kill-loop.ts';

const approverKey = { label: 'profile-approver', version: 1 };

describe('profiles check --bench', () => {
  let dir: string;
  let simulation: Simulation;
  let request: ProfilesRequest;
  let place: Awaited<ReturnType<typeof findSimulatedToken>>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kv-profiles-'));
    const profilesDir = join(dir, 'profiles');
    await cp(join(packageRoot(), 'samples', 'profiles'), profilesDir, { recursive: true });
    const approversFile = join(dir, 'approvers.json');
    const { approvers } = JSON.parse(await readFile(join(packageRoot(), 'samples', 'approvers.json'), 'utf8')) as { approvers: readonly unknown[] };
    await writeFile(approversFile, JSON.stringify({ approvers }));
    const file = join(profilesDir, 'id06-mifare-piv-1.json');
    const profile = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...profile, version: 2, release: { approved: false, author: 'technician-1' } }));
    simulation = await openSimulation({ dir, timeFactor: 0, profilesDir }, systemClock, new AbortController().signal);
    place = await findSimulatedToken(join(dir, 'token'));
    await writeFile(approversFile, JSON.stringify({ approvers: [...approvers, await approverEntry(place, approverKey, 'technician-3')] }));
    const configFile = join(dir, 'station.json');
    await writeFile(configFile, JSON.stringify(simulation.config));
    request = { profilesDir, approversFile: null, configFile, id: 'id06-mifare-piv', version: 2, card: null };
  }, 60_000);

  afterAll(async () => {
    place?.pin.wipe();
    await simulation?.[Symbol.asyncDispose]();
    await endMachine(dir);
    await rm(dir, { recursive: true, force: true });
  });

  it('issues a fed blank through printer, readers, token and authority, rejects it, and lets a second person approve with a key of the token', async () => {
    await simulatedPerson(simulation.control).fillFeeder('mifare+piv', 1, 'LOT-TEST');
    const [checked] = await checkProfiles(request, { on: 'bench', configFile: request.configFile ?? '' }, systemClock);
    expect(checked).toMatchObject({ state: 'tested', keysChecked: true, findings: [], testCard: { on: 'bench' } });
    expect(checked?.testCard?.certificates.length).toBeGreaterThan(0);
    const uid = checked?.testCard?.uid ?? '';
    expect(await simulatedPerson(simulation.control).whereIs(uid)).toBe('reject');
    expect(await withApprovalKey(place, approverKey, (key) => approveProfile(request, 'technician-3', key, systemClock))).toMatchObject({ state: 'approved', version: 2 });
    expect((await listProfiles({ ...request, id: null, version: null })).filter(({ state }) => state !== 'approved')).toEqual([]);
  }, 60_000);

  it('writes nothing when the feeder is empty', async () => {
    const before = await readFile(join(request.profilesDir, 'id06-mifare-piv-1.json'), 'utf8');
    await expect(checkProfiles(request, { on: 'bench', configFile: request.configFile ?? '' }, systemClock)).rejects.toMatchObject({ code: 'PRN-FEEDER-EMPTY' });
    expect(await readFile(join(request.profilesDir, 'id06-mifare-piv-1.json'), 'utf8')).toBe(before);
  }, 60_000);

  it('finds keys that the station does not have', async () => {
    const configFile = join(dir, 'few-keys.json');
    const { keys } = simulation.config;
    await writeFile(configFile, JSON.stringify({ ...simulation.config, keys: { ...keys, keys: keys.keys.filter(({ label }) => label !== 'mifare-lock') } }));
    const [checked] = await checkProfiles({ ...request, configFile }, null, systemClock);
    expect(checked?.findings.map(({ code, field }) => [code, field])).toEqual([['KEY-UNAVAILABLE', 'mifare.lock']]);
  });
});
