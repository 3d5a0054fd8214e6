import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../drivers/contracts/package-root.ts';
import type { Release } from '../../../queue/profile/profile-parts.ts';
import { profileDigest } from '../../../queue/profile/release-state.ts';
import { newApprover } from '../approval-key.ts';

const samples = join(packageRoot(), 'samples');

/**
 * Copies the sample profiles and their approvers into a folder, with one profile more that comes before the others of PIV
 * cards: the same card with a magnetic stripe, released by an approver of its own. Gives the folder of the profiles.
 */
export async function copyProfilesWithStripe(folder: string): Promise<string> {
  const profilesDir = join(folder, 'profiles');
  await cp(join(samples, 'profiles'), profilesDir, { recursive: true });
  const approver = newApprover('technician-3');
  const { approvers } = JSON.parse(await readFile(join(samples, 'approvers.json'), 'utf8')) as { readonly approvers: readonly object[] };
  await writeFile(join(folder, 'approvers.json'), JSON.stringify({ approvers: [...approvers, { name: approver.name, publicKey: Buffer.from(approver.spki).toString('base64') }] }));
  const { release, ...sample } = JSON.parse(await readFile(join(samples, 'profiles', 'id06-piv-1.json'), 'utf8')) as Record<string, unknown>;
  const content = {
    ...sample,
    id: 'id06-a-stripe',
    magnetic: [
      { track: 1, parts: [{ value: 'cardNumber' }, { text: '^' }, { value: 'orderId' }] },
      { track: 2, parts: [{ value: 'organisationNumber', digits: true }, { text: '=' }, { value: 'validTo', digits: true }] },
    ],
  };
  const digest = profileDigest(content);
  const { testCard, ...approved } = release as Release;
  if (testCard === undefined) throw new Error('the sample was never issued on a test card');
  await writeFile(join(profilesDir, 'id06-a-stripe-1.json'), JSON.stringify({ ...content, release: approver.signed({ ...approved, by: approver.name, testCard: { ...testCard, profile: digest }, digest }) }));
  return profilesDir;
}
