import type { EvidenceTable } from '../../contracts/evidence-table.ts';

/**
 * What a Magicard can prove: it counts cards that came out and panels, and cannot be asked where a card is. Feeding and
 * moving are not acts of this protocol; an ejection proves nothing.
 */
export const magicardEvidence: EvidenceTable = {
  protocol: 'magicard',
  asked: { panelsPrinted: 'REQ,INF: panels', cardsToOutput: 'REQ,INF: total cards' },
  proofs: [
    { step: 'print', seen: { cardsToOutput: 'one-more', panelsPrinted: 'more' }, proves: 'done', because: 'one card came out printed' },
  ],
};
