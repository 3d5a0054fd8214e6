import { createHash } from 'node:crypto';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { MagneticTracks } from '../../drivers/contracts/printer.ts';
import type { JournalEntry } from '../../queue/journal/journal-entry.ts';
import type { AttemptState, PlannedValues } from './attempt-state.ts';
import { tracksDigest } from './magnetic-acts.ts';
import type { ChipReports } from './station-parts.ts';

/**
 * The crosscheck: UID, chips, certificates, card number, order and picture belong together (design section 3). Gives
 * the one journal entry that says so; `tracks` are the magnetic tracks as read back, null where the card has none. Throws `QC-CROSSCHECK` naming what does not fit.
 */
export function crosscheck(state: AttemptState, planned: PlannedValues, contactlessUid: string, reports: ChipReports, tracks: MagneticTracks | null = null): Extract<JournalEntry, { kind: 'crosschecked' }> {
  const { mifare, piv } = reports;
  demand(contactlessUid === state.uid, 'the chip is not the one that was identified');
  demand(mifare === null || mifare.uid === state.uid, 'the MIFARE chip is not the one that was identified');
  demand(mifare !== null || piv !== null, 'no chip was read back');
  demand(piv === null || piv.guid.toLowerCase() === planned.guid.toLowerCase(), 'the GUID in the PIV chip is not the planned one');
  for (const certificate of piv?.certificates ?? []) {
    demand(certificate.subject.includes(planned.cardNumber), `the certificate in ${certificate.slot} names another card`);
  }
  return {
    kind: 'crosschecked',
    uid: contactlessUid,
    cardNumber: planned.cardNumber,
    certificates: (piv?.certificates ?? []).map((certificate) => certificate.sha256),
    artwork: planned.artwork,
    chips: createHash('sha256').update(`${mifare?.digest ?? ''}|${piv?.digest ?? ''}${tracks === null ? '' : `|${tracksDigest(tracks)}`}`).digest('hex'),
  };
}

function demand(holds: boolean, note: string): void {
  if (!holds) throw new StationFault('QC-CROSSCHECK', { note });
}
