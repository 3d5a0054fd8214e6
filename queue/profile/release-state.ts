import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isSignedApproval, samePerson, type Approver } from './approval.ts';
import type { Release } from './profile-parts.ts';

/**
 * How far a version has come. `draft`: written. `tested`: issued on a test card as it stands. `approved`: by a second
 * person as it stands. `changed`: not what was tested or approved. `incomplete`: called approved, and author, approver,
 * test card or digest is missing, or author and approver are one person. `unverified`: no signature of a listed approver
 * holds over the approval: it was edited, or given by somebody whom the site does not know.
 */
export type ReleaseState = 'draft' | 'tested' | 'approved' | 'changed' | 'incomplete' | 'unverified';

/** SHA-256 (hex) over a profile as its file says it (RFC 8785 form), without its release. */
export function profileDigest(profile: Readonly<Record<string, unknown>>): string {
  const { release: _, ...content } = profile;
  return createHash('sha256').update(canonicalize(content) ?? '').digest('hex');
}

/** Judges a release against the digest of the profile it stands in and the site's approvers. Only `approved` lets an order use the version. */
export function releaseState(release: Release, digest: string, approvers: readonly Approver[]): ReleaseState {
  const { approved, author, by, at, testCard } = release;
  if (!approved) return testCard === undefined ? 'draft' : testCard.profile === digest ? 'tested' : 'changed';
  if (author === undefined || by === undefined || at === undefined || testCard === undefined || release.digest === undefined) return 'incomplete';
  if (samePerson(author, by)) return 'incomplete';
  if (release.digest !== digest || testCard.profile !== digest) return 'changed';
  return isSignedApproval(release, approvers) ? 'approved' : 'unverified';
}
