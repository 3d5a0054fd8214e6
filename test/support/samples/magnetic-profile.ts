import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../drivers/contracts/package-root.ts';
import { profileDigest } from '../../../queue/profile/release-state.ts';

const samples = join(packageRoot(), 'samples', 'profiles');

/**
 * Copies the sample profiles into a folder, with one more that comes before the others of PIV cards: the same card with
 * a magnetic stripe. It is released as its sample is.
 */
export async function copyProfilesWithStripe(folder: string): Promise<void> {
  await cp(samples, folder, { recursive: true });
  const { release, ...sample } = JSON.parse(await readFile(join(samples, 'id06-piv-1.json'), 'utf8')) as Record<string, unknown>;
  const content = {
    ...sample,
    id: 'id06-a-stripe',
    magnetic: [
      { track: 1, parts: [{ value: 'cardNumber' }, { text: '^' }, { value: 'orderId' }] },
      { track: 2, parts: [{ value: 'organisationNumber', digits: true }, { text: '=' }, { value: 'validTo', digits: true }] },
    ],
  };
  const digest = profileDigest(content);
  const approved = release as { readonly testCard: object };
  await writeFile(join(folder, 'id06-a-stripe-1.json'), JSON.stringify({ ...content, release: { ...approved, testCard: { ...approved.testCard, profile: digest }, digest } }));
}
