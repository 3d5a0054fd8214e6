import type { ActivationLetter } from '../../../templates/letter/activation-letter.ts';

/** A made-up letter with a plain picture in it. */
export function sampleLetter(changes: Partial<ActivationLetter> = {}): ActivationLetter {
  return {
    recipient: ['Nordisk Byggstomme Aktiebolag', 'Att: Kerstin Åkerblom', 'Långa Ågatan 14 B', '412 56 Göteborg'],
    sender: ['Kortverk', 'Box 1234', '111 11 Stockholm'],
    holderName: 'Åsa Öhrström',
    companyName: 'Nordisk Byggstomme Aktiebolag',
    cardNumber: 'BB-2611-000123',
    validTo: '2031-11-21',
    dated: '2026-11-22',
    portal: 'portal.example.se',
    card: { widthPx: 1016, heightPx: 648, rgb: new Uint8Array(1016 * 648 * 3).fill(200) },
    ...changes,
  };
}
