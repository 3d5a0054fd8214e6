import type { RevocableCertificate } from '../../drivers/contracts/certificate-authority.ts';
import type { JournalEntry, Outcome } from '../../queue/journal/journal-entry.ts';

/** A certificate that lives, or may live, without a good card. */
export interface CertificateToRevoke extends RevocableCertificate {
  readonly slot: string;
  /** SHA-256 (hex) of the public key, SubjectPublicKeyInfo in DER. */
  readonly publicKeySha256: string;
}

interface Issue extends CertificateToRevoke {
  /** The station has it, and it stands on the card or will. */
  readonly isForCard: boolean;
}

/**
 * The certificates of one attempt that must not live on, told from its records: all of them when the card did not
 * become good, else those that were issued for a slot before the one that stands in it. An authority that was asked and
 * whose answer was never recorded counts as having issued one. Pure.
 */
export function certificatesToRevoke(entries: readonly JournalEntry[], outcome: Outcome): readonly CertificateToRevoke[] {
  const issues = entries.reduce(advance, []);
  const isLive = (issue: Issue): boolean => outcome === 'finished' && issue.isForCard && issue === issues.findLast(({ slot, isForCard }) => isForCard && slot === issue.slot);
  return issues.filter((issue) => !isLive(issue)).map(({ isForCard: _, ...certificate }) => certificate);
}

/** The encoder's acts of a slot: `issue 9A` from the request to the kept certificate, `certificate 9A` when its number is known. */
function advance(issues: readonly Issue[], entry: JournalEntry): readonly Issue[] {
  if (entry.kind !== 'effect-intent' && entry.kind !== 'effect-done') return issues;
  const { act, data = {} } = entry;
  const slot = String(data['slot'] ?? '');
  const isIssue = act === `issue ${slot}`;
  if (entry.kind === 'effect-intent' && isIssue) return [...issues, { slot, serial: null, publicKeySha256: String(data['key'] ?? ''), subjectKeyId: String(data['keyId'] ?? ''), isForCard: false }];
  if (entry.kind === 'effect-intent' && act === `certificate ${slot}`) return withLast(issues, slot, { serial: String(data['serial'] ?? '') });
  if (entry.kind === 'effect-done' && isIssue) return ended(issues, slot, data['issued']);
  return issues;
}

/** How an issue ended: the certificate is kept for the card, there is certainly none, it was not wanted there, or there may be one that nobody saw. */
function ended(issues: readonly Issue[], slot: string, issued: string | number | undefined): readonly Issue[] {
  if (issued === 'none') return withoutLast(issues, slot);
  return issued === 'unknown' || issued === 'unwritten' ? issues : withLast(issues, slot, { isForCard: true });
}

function withLast(issues: readonly Issue[], slot: string, change: Partial<Issue>): readonly Issue[] {
  const index = issues.findLastIndex((issue) => issue.slot === slot);
  return issues.map((issue, at) => (at === index ? { ...issue, ...change } : issue));
}

function withoutLast(issues: readonly Issue[], slot: string): readonly Issue[] {
  return issues.toSpliced(issues.findLastIndex((issue) => issue.slot === slot), 1);
}
