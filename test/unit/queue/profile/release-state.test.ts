import { describe, expect, it } from 'vitest';
import type { Release, TestCard } from '../../../../queue/profile/profile-parts.ts';
import { profileDigest, releaseState } from '../../../../queue/profile/release-state.ts';

const content = { kind: 'card', id: 'x', version: 1, mifare: { chip: '1k', publisherSector: 0 } };
const digest = profileDigest(content);
const other = 'b'.repeat(64);
const at = '2026-11-01T08:00:00Z';
const testCard: TestCard = { on: 'bench', uid: '04A1B2C3D4E5F6', profile: digest, chips: other, at };
const approved: Release = { approved: true, author: 'Anna', by: 'Bo', at, digest, testCard };

describe('the digest of a profile', () => {
  it('leaves the release out and does not see the order of fields', () => {
    expect(profileDigest({ mifare: { publisherSector: 0, chip: '1k' }, version: 1, release: approved, id: 'x', kind: 'card' })).toBe(digest);
  });

  it.each([{ ...content, version: 2 }, { ...content, mifare: { chip: '4k', publisherSector: 0 } }, { ...content, colour: null }])('sees every change: %o', (changed) => {
    expect(profileDigest(changed)).not.toBe(digest);
  });
});

describe('a release', () => {
  it.each<[string, Release, string]>([
    ['nothing but an author', { approved: false, author: 'Anna' }, 'draft'],
    ['a test card', { approved: false, author: 'Anna', testCard }, 'tested'],
    ['a test card of another content', { approved: false, testCard: { ...testCard, profile: other } }, 'changed'],
    ['everything', approved, 'approved'],
    ['an approval of another content', { ...approved, digest: other }, 'changed'],
    ['a test card older than the content', { ...approved, testCard: { ...testCard, profile: other } }, 'changed'],
    ['its author as approver', { ...approved, by: '  ANNA ' }, 'incomplete'],
    ['no author', { approved: true, by: 'Bo', at, digest, testCard }, 'incomplete'],
    ['no digest', { approved: true, author: 'Anna', by: 'Bo', at, testCard }, 'incomplete'],
    ['no test card', { approved: true, author: 'Anna', by: 'Bo', at, digest }, 'incomplete'],
    ['the word alone', { approved: true }, 'incomplete'],
  ])('with %s is %s', (_, release, state) => {
    expect(releaseState(release, digest)).toBe(state);
  });
});
