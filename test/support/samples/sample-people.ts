import type { Order } from '../../../queue/order/order-schema.ts';

/** A made-up cardholder. Numbers are from the published test lists (test/vectors/swedish-numbers), names are not anybody's. */
export type SamplePerson = Pick<Order['holder'], 'firstName' | 'lastName' | 'identity' | 'nationality' | 'documents'>;

const swede = (firstName: string, lastName: string, value: string): SamplePerson => ({ firstName, lastName, identity: { type: 'PERSONNUMMER', value }, nationality: 'SE' });
const visitor = (firstName: string, lastName: string, value: string, nationality: string): SamplePerson => ({
  firstName, lastName, identity: { type: 'SAMORDNINGSNUMMER', value }, nationality,
});

export const people = {
  ake: swede('Åke', 'Sjöström', '20000229-2399'),
  wojciech: visitor('Wojciech', 'Dąbrowski-Święcicki', '730288-9931', 'PL'),
  gunnel: swede('Gunnel', 'Ängström', '460823-9986'),
  lukasz: visitor('Łukasz', 'Żółkiewski', '199502809990', 'PL'),
  janis: visitor('Jānis', 'Bērziņš', '197906889972', 'LV'),
  orjan: swede('Örjan', 'Fält', '000405-9937'),
  zivile: visitor('Živilė', 'Čepaitė-Šimkūnienė', '196802709995', 'LT'),
  tonu: visitor('Tõnu', 'Käärmäe', '200304839996', 'EE'),
  oleksandr: { ...visitor('Oleksandr', 'Kovalenko', '197904739997', 'UA'), documents: ['RESIDENCE_PERMIT'] },
  vaino: visitor('Väinö', 'Hämäläinen', '194511809891', 'FI'),
  bengt: swede('Bengt', 'Åström', '195102179974'),
  perOlof: swede('Per-Olof', 'Ek', '570428-9999'),
  maximilian: swede('Maximilian Karl-Fredrik', 'Wachtmeister-Rosenschöld af Västergötland', '194912109958'),
  adne: visitor('Ådne', 'Ødegård', '198601769915', 'NO'),
  zygimantas: visitor('Žygimantas', 'Šimkūnas', '196102709976', 'LT'),
  /** The published list gives 700428-9895 as not valid: its check digit is wrong. */
  wrongDigit: swede('Sture', 'Nyholm', '700428-9895'),
  eriks: visitor('Ēriks', 'Kļaviņš', '195212779895', 'LV'),
} as const satisfies Record<string, SamplePerson>;
