import { randomBytes } from 'node:crypto';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { standardBlank } from '../card/piv/abilities.ts';
import { blankPivCard, restorePivCard, type PivCard } from '../card/piv-card.ts';
import type { ChipSnapshot } from '../card/simulated-chip.ts';
import type { LivingCard } from './living-card.ts';
import type { Blank } from './plastic-event.ts';

/**
 * Makes the chips of a blank run. `piv`: one PIV chip behind both readers, with its contactless limits on the
 * contactless one. `mifare+piv`: MIFARE Classic behind the contactless reader, PIV behind the contact plate.
 */
export function makeCard(blank: Blank, kept: readonly ChipSnapshot[] | null, onChange: () => void): LivingCard {
  const piv = pivChip(blank, kept, onChange);
  switch (blank.kind) {
    case 'piv': return { blank, faces: { contactless: piv.face('contactless'), contact: piv.face('contact') }, snapshots: () => [piv.snapshot()] };
    case 'mifare+piv': throw new StationFault('SIM-INVALID', { field: blank.kind });
  }
}

function pivChip(blank: Blank, kept: readonly ChipSnapshot[] | null, onChange: () => void): PivCard {
  const parts = { random: (length: number) => Uint8Array.from(randomBytes(length)), onChange };
  const snapshot = kept?.find(({ kind }) => kind === 'piv');
  if (snapshot !== undefined) return restorePivCard(snapshot, parts);
  const serial = Number.parseInt(blank.uid.slice(-8), 16);
  return blankPivCard({ uid: blank.uid, serial, abilities: standardBlank }, parts);
}
