import { hasSecondDirectory, SECOND_DIRECTORY_SECTOR, sectorCount } from '../../drivers/codec/mifare-layout.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { CardProfile } from './card-profile.ts';
import { checkMagneticStripe } from './magnetic-stripe.ts';
import { profileKeys } from './profile-keys.ts';
import { channelKeys } from './secure-channel.ts';

/**
 * What is wrong with a card profile by itself: a tag or a publisher in a sector that the chip lacks or that holds a
 * directory, both in one sector; a key of the secure channel that serves anything else; a
 * text that no magnetic track takes. All as `ENC-PROFILE-INVALID`,
 * the field a path into the profile.
 */
export function checkCardProfile(profile: CardProfile): readonly Finding[] {
  return [...sectorFindings(profile), ...channelFindings(profile), ...(profile.magnetic === undefined ? [] : checkMagneticStripe(profile.magnetic))];
}

/** The maker knows the keys of his delivery's channel: nothing else may depend on them. */
function channelFindings(profile: CardProfile): readonly Finding[] {
  const { secureChannel } = profile.piv;
  if (secureChannel === null) return [];
  const channel = channelKeys(secureChannel);
  const others = profileKeys(profile).filter(({ field }) => !channel.some((each) => each.field === field));
  const doubled = channel.filter(({ field, key }) => [...others, ...channel.filter((each) => each.field !== field)].some((other) => other.key.label === key.label && other.key.version === key.version));
  return doubled.map(({ field }) => ({ code: 'ENC-PROFILE-INVALID', field, detail: { field, note: 'this key serves something else as well' } }));
}

function sectorFindings({ mifare, tag }: CardProfile): readonly Finding[] {
  if (mifare === null) return [];
  const reserved = (sector: number): string | null => {
    if (sector >= sectorCount(mifare.chip)) return `a ${mifare.chip} has no sector ${sector}`;
    return hasSecondDirectory(mifare.chip) && sector === SECOND_DIRECTORY_SECTOR ? `sector ${sector} holds the second directory` : null;
  };
  const findings: Finding[] = [];
  const add = (field: string, note: string | null): void => {
    if (note !== null) findings.push({ code: 'ENC-PROFILE-INVALID', field, detail: { field, note } });
  };
  if (tag.place === 'MIFARE') add('tag.sector', reserved(tag.sector));
  if (mifare.publisherSector === 0) return findings;
  add('mifare.publisherSector', reserved(mifare.publisherSector));
  add('mifare.publisherSector', tag.place === 'MIFARE' && tag.sector === mifare.publisherSector ? 'the tag stands there' : null);
  return findings;
}
