import type { CardPosition } from '../../contracts/evidence.ts';
import type { EvidenceTable } from '../../contracts/evidence-table.ts';

const stations: readonly CardPosition[] = ['contactless', 'contact', 'print'];

/**
 * What the escape language can prove. It has no counters of cards that left: a card that is no longer inside may lie in
 * either tray or in a hand, so that it went where it should is never proven. A panel that was downloaded is printed by
 * the next command, so panels that were counted prove that a print began, and never that it ended: the last command
 * alone does.
 */
export const escapeEvidence: EvidenceTable = {
  protocol: 'evolis',
  asked: { position: 'Rlr;p, and Rse;b for a card at the bezel', cardsFed: 'Rco;c', panelsPrinted: 'Rco;p' },
  proofs: [
    { step: 'feed', seen: { position: ['none'], cardsFed: 'same' }, proves: 'not-done', because: 'no card was taken in' },
    { step: 'feed', seen: { position: ['contactless', 'contact'], cardsFed: 'one-more' }, proves: 'done', because: 'one card was taken in and stands at a station' },
    { step: 'print', seen: { position: stations, cardsFed: 'same', panelsPrinted: 'same' }, proves: 'not-done', because: 'no panel was printed' },
    { step: 'eject', seen: { position: stations, cardsFed: 'same' }, proves: 'not-done', because: 'the card is still inside' },
    { step: 'reject', seen: { position: stations, cardsFed: 'same' }, proves: 'not-done', because: 'the card is still inside' },
  ],
};

/** The vendor's service passes the same questions on, and proves the same. */
export const espfEvidence: EvidenceTable = { ...escapeEvidence, protocol: 'espf', asked: { position: 'CMD.SendCommand Rlr;p, and Rse;b for a card at the bezel', cardsFed: 'CMD.SendCommand Rco;c', panelsPrinted: 'CMD.SendCommand Rco;p' } };
