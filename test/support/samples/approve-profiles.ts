import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { approveProfile, checkProfiles, type ProfilesRequest } from '../../../daemon/compose-profiles.ts';
import { readProfileFiles } from '../../../daemon/intake/read-profiles.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import type { Release } from '../../../queue/profile/profile-parts.ts';
import { newApprover, writeApprovers } from '../approval-key.ts';

/**
 * Issues and approves the sample profiles the way a site does it: to be run after a sample profile was changed
 * (`npx tsx test/support/samples/approve-profiles.ts`). The approver's key is made for this run and kept nowhere: only
 * its public half lies among the samples, so that nobody can approve another content in the same name. Therefore all
 * profiles are approved at once.
 */
const samples = join(import.meta.dirname, '../../../samples');
const place = { profilesDir: join(samples, 'profiles'), approversFile: join(samples, 'approvers.json') };
const author = 'technician-1';
const approver = newApprover('technician-2');

/** The card profile that a company's sectors were issued with before. */
function issuedWith({ release }: { readonly release: Release }): string | null {
  return release.testCard?.with?.split(' ')[0] ?? null;
}

await writeApprovers(place.approversFile, [approver]);
for (const { file, profile } of await readProfileFiles(place)) {
  const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, `${JSON.stringify({ ...content, release: { approved: false, author } }, null, 2)}\n`);
  const request: ProfilesRequest = { ...place, configFile: null, id: profile.id, version: profile.version, card: issuedWith(profile) };
  const [checked] = await checkProfiles(request, { on: 'simulated blank' }, systemClock);
  if (checked?.testCard == null) throw new Error(`${file}: ${JSON.stringify(checked?.findings)}`);
  await approveProfile(request, approver.name, approver, systemClock);
}
