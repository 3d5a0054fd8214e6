import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Release } from './profile-parts.ts';

/**
 * How far a version has come. `draft`: written. `tested`: issued on a test card as it stands. `approved`: by a second
 * person as it stands. `changed`: not what was tested or approved. `incomplete`: called approved, and author, approver,
 * test card or digest is missing, or author and approver are one person.
 */
export type ReleaseState = 'draft' | 'tested' | 'approved' | 'changed' | 'incomplete';

/** SHA-256 (hex) over a profile as its file says it (RFC 8785 form), without its release. */
export function profileDigest(profile: Readonly<Record<string, unknown>>): string {
  const { release: _, ...content } = profile;
  return createHash('sha256').update(canonicalize(content) ?? '').digest('hex');
}

/** Judges a release against the digest of the profile it stands in. Only `approved` lets an order use the version. */
export function releaseState(release: Release, digest: string): ReleaseState {
  const { approved, author, by, at, testCard } = release;
  if (!approved) return testCard === undefined ? 'draft' : testCard.profile === digest ? 'tested' : 'changed';
  if (author === undefined || by === undefined || at === undefined || testCard === undefined || release.digest === undefined) return 'incomplete';
  if (samePerson(author, by)) return 'incomplete';
  return release.digest === digest && testCard.profile === digest ? 'approved' : 'changed';
}

/** Names of persons compare without case and blanks. */
export function samePerson(one: string, other: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return plain(one) === plain(other);
}
