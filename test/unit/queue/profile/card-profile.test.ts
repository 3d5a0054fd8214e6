import { describe, expect, it } from 'vitest';
import { cardProfileSchema, profileName, type CardProfile } from '../../../../queue/profile/card-profile.ts';
import { sectorProfileSchema } from '../../../../queue/profile/sector-profile.ts';
import { exampleCardProfile, exampleSectorProfile } from '../../../support/orders/example-profiles.ts';

const problems = (technology: CardProfile['technology'], changes: object): readonly string[] => {
  const result = cardProfileSchema.safeParse({ ...exampleCardProfile(technology), ...changes });
  return result.success ? [] : result.error.issues.map(({ path }) => path.join('.'));
};

describe('a card profile', () => {
  it('is named with its version', () => {
    expect(profileName(exampleCardProfile('PIVC'))).toBe('piv version 1');
  });

  it.each<[string, CardProfile['technology'], object, readonly string[]]>([
    ['PIV only with a MIFARE part', 'PIVC', { mifare: exampleCardProfile('PIVC_MIFARE').mifare }, ['mifare', 'tag', 'stepOrder']],
    ['MIFARE without its part', 'PIVC_MIFARE', { mifare: null }, ['mifare', 'tag', 'stepOrder']],
    ['a tag in a chip that is not there', 'PIVC', { tag: { place: 'MIFARE', sector: 15 } }, ['tag']],
    ['a tag in the applet of a card whose MIFARE chip is the first to be written', 'PIVC_MIFARE', { tag: { place: 'PIV', container: '5FFF10' } }, ['tag']],
    ['a tag in the directory', 'PIVC_MIFARE', { tag: { place: 'MIFARE', sector: 0 } }, ['tag.sector']],
    ['a chip twice', 'PIVC_MIFARE', { stepOrder: ['piv', 'piv'] }, ['stepOrder']],
    ['a chip left out', 'PIVC_MIFARE', { stepOrder: ['piv'] }, ['stepOrder']],
    ['a slot that is not issued', 'PIVC', { piv: { ...exampleCardProfile('PIVC').piv, slots: [{ slot: '82', algorithm: 'P-256', certificateProfile: 'x' }] } }, ['piv.slots.0.slot']],
    ['an unknown field', 'PIVC', { colour: 'red' }, ['']],
  ])('refuses %s', (_name, technology, changes, fields) => {
    expect(problems(technology, changes)).toEqual(fields);
  });

  it('refuses a slot twice', () => {
    const { piv } = exampleCardProfile('PIVC');
    expect(problems('PIVC', { piv: { ...piv, slots: [...piv.slots, ...piv.slots] } })).toEqual(['piv.slots']);
  });
});

describe('a sector profile', () => {
  const [sector] = exampleSectorProfile().sectors;

  it('fills in the usual trailer and no value blocks', () => {
    expect(sector?.access).toEqual({
      data: Array.from({ length: 3 }, () => ({ read: 'AB', write: 'B', increment: 'never', decrement: 'never' })),
      trailer: { writeKeyA: 'B', readAccess: 'AB', writeAccess: 'B', readKeyB: 'never', writeKeyB: 'B' },
    });
  });

  it.each<[string, object]>([
    ['the directory sector', { sector: 0 }],
    ['a sector that no chip has', { sector: 40 }],
    ['a key in clear', { keyA: 'FFFFFFFFFFFF' }],
    ['a personal number', { data: [{ offset: 0, length: 12, encoding: 'ascii', value: 'holder.identity.value' }] }],
    ['an AID of three digits', { aid: '518' }],
    ['access for two blocks', { access: { data: [{ read: 'A', write: 'B' }, { read: 'A', write: 'B' }] } }],
  ])('refuses %s', (_name, changes) => {
    expect(sectorProfileSchema.safeParse({ ...exampleSectorProfile(), sectors: [{ ...sector, ...changes }] }).success).toBe(false);
  });
});
