import { hasSecondDirectory, SECOND_DIRECTORY_SECTOR, sectorCount } from '../../drivers/codec/mifare-layout.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { CardProfile } from './card-profile.ts';
import { sectorBlocks } from './sector-blocks.ts';
import { sectorDataBytes, type SectorProfile, type SectorTemplate, type SectorValues } from './sector-profile.ts';

/** Values as long as they come, to see whether the template can take every card. */
const specimen: SectorValues = { cardNumber: 'BB-9912-999999', organisationNumber: '999999-9999', orderId: 'X'.repeat(24), validFrom: '2099-12-31', validTo: '2099-12-31' };

/**
 * What is wrong with a company's sectors on this card: sectors that the chip lacks or that are reserved (0 for the
 * directory, the tag's, 16 on chips with a second one), sectors or bytes used twice, values that cannot fit. All as `ENC-PROFILE-INVALID`,
 * the field a path into the profile. Whether the access conditions exist on the chip is the MIFARE encoder's check.
 */
export function checkSectorProfile(profile: SectorProfile, card: CardProfile): readonly Finding[] {
  if (card.mifare === null) return [invalid('technology', 'the card has no MIFARE chip')];
  const { chip } = card.mifare;
  const reserved = new Set([0, ...(hasSecondDirectory(chip) ? [SECOND_DIRECTORY_SECTOR] : []), ...(card.tag.place === 'MIFARE' ? [card.tag.sector] : [])]);
  const count = sectorCount(chip);
  const seen = new Set<number>();
  return profile.sectors.flatMap((template, index) => {
    const field = `sectors.${index}.sector`;
    const findings = [
      ...(template.sector >= count ? [invalid(field, `the chip has sectors 0 to ${count - 1}`)] : []),
      ...(reserved.has(template.sector) ? [invalid(field, `sector ${template.sector} is reserved`)] : []),
      ...(seen.has(template.sector) ? [invalid(field, `sector ${template.sector} is used twice`)] : []),
      ...dataFindings(template, index),
    ];
    seen.add(template.sector);
    return findings;
  });
}

function dataFindings(template: SectorTemplate, index: number): readonly Finding[] {
  const used = new Uint8Array(sectorDataBytes(template.sector));
  const overlaps = template.data.flatMap((field, at) => {
    const bytes = used.subarray(field.offset, field.offset + field.length);
    const taken = bytes.some((count) => count > 0);
    bytes.fill(1);
    return taken ? [invalid(`sectors.${index}.data.${at}`, 'the field lies over another')] : [];
  });
  try {
    sectorBlocks(template, specimen);
    return overlaps;
  } catch (error) {
    if (!(error instanceof StationFault)) throw error;
    return [...overlaps, invalid(`sectors.${index}.data`, error.detail.note ?? '')];
  }
}

function invalid(field: string, note: string): Finding {
  return { code: 'ENC-PROFILE-INVALID', field, detail: { field, note } };
}
