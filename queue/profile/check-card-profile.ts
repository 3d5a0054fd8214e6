import { hasSecondDirectory, SECOND_DIRECTORY_SECTOR, sectorCount } from '../../drivers/codec/mifare-layout.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { CardProfile } from './card-profile.ts';


/**
 * What is wrong with a card profile by itself: a tag or a publisher in a sector that the chip lacks or that holds a
 * directory, both in one sector. All as `ENC-PROFILE-INVALID`, the field a path into the profile.
 */
export function checkCardProfile({ mifare, tag }: CardProfile): readonly Finding[] {
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
