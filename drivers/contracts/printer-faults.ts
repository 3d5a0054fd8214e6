import type { FaultEntry } from './fault-entry.ts';

export const printerFaults = {
  'PRN-OFFLINE': { next: 'stop', move: 'technician', sv: 'Skrivaren svarar inte.', en: 'The printer does not answer.' },
  'PRN-RESERVED': { next: 'hold', move: 'operator', sv: 'Ett annat program använder skrivaren.', en: 'Another program is using the printer.' },
  'PRN-FEEDER-EMPTY': { next: 'hold', move: 'operator', sv: 'Kortmagasinet är tomt.', en: 'The card feeder is empty.' },
  'PRN-RIBBON-LOW': { next: 'warn', move: 'operator', sv: 'Färgbandet räcker snart inte.', en: 'The ribbon is running low.' },
  'PRN-RIBBON-SHORT': { next: 'hold', move: 'operator', sv: 'Färgbandet räcker till {left} kort, men {needed} ska göras. Byt färgband eller gör färre kort.', en: 'The ribbon is enough for {left} cards, but {needed} are to be made. Change the ribbon or make fewer cards.' },
  'PRN-RIBBON-END': { next: 'hold', move: 'operator', sv: 'Färgbandet är slut.', en: 'The ribbon is finished.' },
  'PRN-RIBBON-WRONG': { next: 'hold', move: 'operator', sv: 'Färgbandet saknas eller är av fel typ.', en: 'The ribbon is missing or of the wrong type.' },
  'PRN-FILM-END': { next: 'hold', move: 'operator', sv: 'Överföringsfilmen är slut.', en: 'The transfer film is finished.' },
  'PRN-COVER-OPEN': { next: 'hold', move: 'operator', sv: 'Luckan är öppen.', en: 'The cover is open.' },
  'PRN-JAM': { next: 'hold', move: 'operator', sv: 'Kort har fastnat.', en: 'A card is jammed.' },
  'PRN-OUTPUT-FULL': { next: 'hold', move: 'operator', sv: 'Utmatningsfacket är fullt.', en: 'The output tray is full.' },
  'PRN-REJECT-FULL': { next: 'hold', move: 'operator', sv: 'Kassationsfacket är fullt eller öppet.', en: 'The reject bin is full or open.' },
  'PRN-TEMPERATURE': { next: 'hold', move: 'operator', sv: 'Skrivaren har fel temperatur.', en: 'The printer has the wrong temperature.' },
  'PRN-CLEANING-DUE': { next: 'warn', move: 'operator', sv: 'Rengöring ska göras.', en: 'Cleaning is due.' },
  'PRN-CLEANING-SHORT': { next: 'hold', move: 'operator', sv: 'Skrivaren ska rengöras om {left} kort, men {needed} ska göras. Rengör den först eller gör färre kort.', en: 'The printer is to be cleaned after {left} cards, but {needed} are to be made. Clean it first or make fewer cards.' },
  'PRN-CLEANING-OVERDUE': { next: 'stop', move: 'technician', sv: 'Rengöring är försenad och produktionen stoppas.', en: 'Cleaning is overdue and production stops.' },
  'PRN-CALIBRATION-DUE': { next: 'stop', move: 'technician', sv: 'Kodaren måste kalibreras.', en: 'The encoder must be calibrated.' },
  'PRN-CAPABILITY': { next: 'hold', move: 'operator', sv: 'Skrivaren kan inte göra den här korttypen.', en: 'The printer cannot make this card type.' },
  'PRN-MAGNETIC': { next: 'scrap', move: 'operator', sv: 'Magnetspåret kunde inte skrivas eller läsas. Kortet kasseras.', en: 'The magnetic stripe could not be written or read. The card is scrapped.' },
  'PRN-UNKNOWN': { next: 'stop', move: 'technician', sv: 'Okänt skrivartillstånd. Kontrollera kortet innan produktionen fortsätter.', en: 'Unknown printer state. Check the card before production continues.' },
} as const satisfies Record<string, FaultEntry>;
