import type { EvidenceTable } from '../../contracts/evidence-table.ts';

/**
 * What the escape language can prove. It has no counters of cards that left, so which hopper a card went to is not
 * proven; that it is no longer inside is. A panel that was downloaded is printed by the next command, so panels that
 * were counted prove that a print began, and never that it ended: the last command alone does.
 */
export const escapeEvidence: EvidenceTable = {
  protocol: 'evolis',
  asked: { position: 'Rlr;p, and Rse;b for a card at the bezel', cardsFed: 'Rco;c', panelsPrinted: 'Rco;p' },
  proofs: [
    { step: 'feed', seen: { position: ['none'], cardsFed: 'same' }, proves: 'not-done', because: 'no card was taken in' },
    { step: 'feed', seen: { position: ['contactless', 'contact'], cardsFed: 'one-more' }, proves: 'done', because: 'one card was taken in and stands at a station' },
    { step: 'move', seen: { position: ['contactless', 'contact', 'print'], cardsFed: 'same' }, proves: 'done', because: 'the card stands at a station, and a move may be made again from any of them' },
    { step: 'print', seen: { position: ['contactless', 'contact', 'print'], cardsFed: 'same', panelsPrinted: 'same' }, proves: 'not-done', because: 'no panel was printed' },
    { step: 'eject', seen: { position: ['contactless', 'contact', 'print', 'exit'], cardsFed: 'same' }, proves: 'not-done', because: 'the card is still inside' },
    { step: 'eject', seen: { position: ['none'], cardsFed: 'same' }, proves: 'done', because: 'the card is no longer inside and no other was taken in' },
  ],
};

/** The vendor's service passes the same questions on, and proves the same. */
export const espfEvidence: EvidenceTable = { ...escapeEvidence, protocol: 'espf' };
