import { describe, expect, it } from 'vitest';
import type { Release, TestCard } from '../../../../queue/profile/profile-parts.ts';
import { newApprover } from '../../../support/approval-key.ts';
import { profileDigest, releaseState } from '../../../../queue/profile/release-state.ts';

const content = { kind: 'card', id: 'x', version: 1, mifare: { chip: '1k', publisherSector: 0 } };
const digest = profileDigest(content);
const other = 'b'.repeat(64);
const at = '2026-11-01T08:00:00Z';
const testCard: TestCard = { on: 'bench', uid: '04A1B2C3D4E5F6', profile: digest, chips: other, at };
const bo = newApprover('Bo');
const approvers = [bo];
const approved: Release = bo.signed({ approved: true, author: 'Anna', by: 'Bo', at, digest, testCard });

describe('the digest of a profile', () => {
  it('leaves the release out and does not see the order of fields', () => {
    expect(profileDigest({ mifare: { publisherSector: 0, chip: '1k' }, version: 1, release: approved, id: 'x', kind: 'card' })).toBe(digest);
  });

  it.each([{ ...content, version: 2 }, { ...content, mifare: { chip: '4k', publisherSector: 0 } }, { ...content, colour: null }])('sees every change: %o', (changed) => {
    expect(profileDigest(changed)).not.toBe(digest);
  });
});

function unsigned({ signature: _, ...release }: Release): Release {
  return release;
}

describe('a release', () => {
  it.each<[string, Release, string]>([
    ['nothing but an author', { approved: false, author: 'Anna' }, 'draft'],
    ['a test card', { approved: false, author: 'Anna', testCard }, 'tested'],
    ['a test card of another content', { approved: false, testCard: { ...testCard, profile: other } }, 'changed'],
    ['everything', approved, 'approved'],
    ['no signature', unsigned(approved), 'unverified'],
    ['the approval of another day', { ...approved, at: '2026-11-02T08:00:00Z' }, 'unverified'],
    ['another test card behind it', { ...approved, testCard: { ...testCard, uid: '04000000000001' } }, 'unverified'],
    ['another author than it was signed for', { ...approved, author: 'Cia' }, 'unverified'],
    ['an approver whom nobody lists', newApprover('Dag').signed({ ...approved, by: 'Dag' }), 'unverified'],
    ["another's key", newApprover('Bo').signed(approved), 'unverified'],
    ['a signature that is none', { ...approved, signature: 'AAAA' }, 'unverified'],
    ['an approval of another content', { ...approved, digest: other }, 'changed'],
    ['a test card older than the content', { ...approved, testCard: { ...testCard, profile: other } }, 'changed'],
    ['its author as approver', { ...approved, by: '  ANNA ' }, 'incomplete'],
    ['no author', { approved: true, by: 'Bo', at, digest, testCard }, 'incomplete'],
    ['no digest', { approved: true, author: 'Anna', by: 'Bo', at, testCard }, 'incomplete'],
    ['no test card', { approved: true, author: 'Anna', by: 'Bo', at, digest }, 'incomplete'],
    ['the word alone', { approved: true }, 'incomplete'],
  ])('with %s is %s', (_, release, state) => {
    expect(releaseState(release, digest, approvers)).toBe(state);
  });

  it('may be signed with Ed25519, and with an older key of the same person', () => {
    const newer = newApprover('Bo', 'Ed25519');
    expect(releaseState(newer.signed(approved), digest, [newer])).toBe('approved');
    expect(releaseState(approved, digest, [newer, bo])).toBe('approved');
    expect(releaseState(approved, digest, [newer])).toBe('unverified');
  });

  it('is not approved by a key that is listed as the author\'s as well', () => {
    expect(releaseState(approved, digest, [bo, { name: 'anna', publicKey: bo.publicKey }])).toBe('unverified');
  });
});
