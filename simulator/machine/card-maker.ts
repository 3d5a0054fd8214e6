import { randomBytes } from 'node:crypto';
import type { MifareChip } from '../../drivers/codec/mifare-layout.ts';
import { blankMifareCard, restoreMifareCard, type MifareCard, type MifareCardParts } from '../card/mifare-card.ts';
import { standardBlank } from '../card/piv/abilities.ts';
import { blankPivCard, restorePivCard, type PivCard } from '../card/piv-card.ts';
import type { ChipSnapshot } from '../card/simulated-chip.ts';
import { readerPersonality } from '../reader/reader-personality.ts';
import { StorageCardFace, type ReaderKeys } from '../reader/storage-card.ts';
import type { BlankKind } from '../script/control-protocol.ts';
import type { CardMaker } from './living-card.ts';
import type { Blank } from './plastic-event.ts';

/**
 * The maker of a machine whose contactless reader has this PC/SC name; the keys that reader keeps are the machine's.
 * `piv`: one PIV chip behind both readers, with its contactless limits on the contactless one. Else a MIFARE Classic
 * behind the contactless reader, PIV behind the contact plate.
 */
export function cardMaker(contactlessReader: string): CardMaker {
  const personality = readerPersonality(contactlessReader);
  const keys: ReaderKeys = new Map();
  return (blank, kept, onChange, behaviours = []) => {
    const piv = pivChip(blank, kept, onChange);
    const chip = mifareChips[blank.kind];
    if (chip === null) return { blank, faces: { contactless: piv.face('contactless'), contact: piv.face('contact') }, snapshots: () => [piv.snapshot()] };
    const mifare = mifareChip({ uid: blank.uid, chip }, kept, { onChange, behaviours });
    return {
      blank,
      faces: { contactless: new StorageCardFace(mifare.chip, personality, keys), contact: piv.face('contact') },
      snapshots: () => [mifare.snapshot(), piv.snapshot()],
    };
  };
}

function pivChip(blank: Blank, kept: readonly ChipSnapshot[] | null, onChange: () => void): PivCard {
  const parts = { random: (length: number) => Uint8Array.from(randomBytes(length)), onChange };
  const snapshot = kept?.find(({ kind }) => kind === 'piv');
  if (snapshot !== undefined) return restorePivCard(snapshot, parts);
  const serial = Number.parseInt(blank.uid.slice(-8), 16);
  return blankPivCard({ uid: blank.uid, serial, abilities: standardBlank }, parts);
}

/** The MIFARE chip of each kind of blank. */
const mifareChips: Readonly<Record<BlankKind, MifareChip | null>> = { 'mifare+piv': '1k', 'mifare-mini+piv': 'mini', 'mifare-2k+piv': '2k', 'mifare-4k+piv': '4k', piv: null };

function mifareChip(blank: { readonly uid: string; readonly chip: MifareChip }, kept: readonly ChipSnapshot[] | null, parts: MifareCardParts): MifareCard {
  const snapshot = kept?.find(({ kind }) => kind !== 'piv');
  return snapshot === undefined ? blankMifareCard(blank, parts) : restoreMifareCard(snapshot, parts);
}
