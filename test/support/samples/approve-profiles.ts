import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { approveProfile, checkProfiles, type ProfilesRequest } from '../../../daemon/compose-profiles.ts';
import { readProfileFiles } from '../../../daemon/intake/read-profiles.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';

/**
 * Issues and approves every sample profile that is not approved as it stands, the way a site does it: to be run after a
 * sample profile was changed (`npx tsx test/support/samples/approve-profiles.ts`).
 */
const profilesDir = join(import.meta.dirname, '../../../samples/profiles');
const author = 'technician-1';
const approver = 'technician-2';

for (const { file, profile, state } of await readProfileFiles(profilesDir)) {
  if (state === 'approved') continue;
  const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, `${JSON.stringify({ ...content, release: { approved: false, author } }, null, 2)}\n`);
  const request: ProfilesRequest = { profilesDir, configFile: null, id: profile.id, version: profile.version, card: null };
  const [checked] = await checkProfiles(request, { on: 'simulated blank' }, systemClock);
  if (checked?.testCard == null) throw new Error(`${file}: ${JSON.stringify(checked?.findings)}`);
  await approveProfile(request, approver, systemClock);
}
