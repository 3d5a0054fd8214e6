import { verify, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Release } from './profile-parts.ts';

/** Somebody whose approvals a site believes: by name, with the public half of a key that only this person can use (P-256 or Ed25519). */
export interface Approver {
  readonly name: string;
  readonly publicKey: KeyObject;
}

/** Binds the message to its purpose: a signature over it says nothing else. */
const purpose = 'kortverk profile approval 1\n';

/** What an approver signs: the digest of the profile, who wrote it, the test card that showed it, who approves and when (RFC 8785 form). */
export function approvalMessage({ author, testCard, by, at, digest }: Release): Uint8Array {
  return Buffer.from(`${purpose}${canonicalize({ author, testCard, by, at, digest }) ?? ''}`, 'utf8');
}

/**
 * Whether an approval is signed by one of the approvers under its own name, with a key that is not also listed as the
 * author's: two names with one key are one person.
 */
export function isSignedApproval(release: Release, approvers: readonly Approver[]): boolean {
  const { by = '', author = '', signature } = release;
  if (signature === undefined) return false;
  const message = approvalMessage(release);
  const bytes = Buffer.from(signature, 'base64');
  const ofAuthor = approvers.filter(({ name }) => samePerson(name, author));
  return approvers.some(({ name, publicKey }) => samePerson(name, by) && !ofAuthor.some((one) => one.publicKey.equals(publicKey)) && verifies(publicKey, message, bytes));
}

/** Names of persons compare without case and blanks. */
export function samePerson(one: string, other: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return plain(one) === plain(other);
}

/** ECDSA goes with SHA-256; Ed25519 has a hash of its own. */
function verifies(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(key.asymmetricKeyType === 'ec' ? 'sha256' : null, message, key, signature);
}
