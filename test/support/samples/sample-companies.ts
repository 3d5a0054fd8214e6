import type { Order } from '../../../queue/order/order-schema.ts';
import { Organisationsnummer } from '../../../queue/order/number-libraries.ts';

/** A made-up company of the sample batch. */
export interface SampleCompany {
  readonly company: Order['company'];
  /** File below `samples/batch/logos`, or null. */
  readonly logo: { readonly file: string; readonly text: string; readonly ink: string; readonly ground: string } | null;
  readonly address: Order['delivery']['address'];
}

/** Nine digits made up here, and the check digit that makes them valid. */
function madeUp(nine: string): string {
  const digit = [...'0123456789'].find((last) => Organisationsnummer.valid(`${nine}${last}`));
  if (digit === undefined) throw new Error(`no check digit for ${nine}`);
  return `${nine.slice(0, 6)}-${nine.slice(6)}${digit}`;
}

const swedish = { country: 'SE', registeredAtBolagsverket: true, id06Status: 'ACTIVE' } as const;
const address = (line1: string, postalCode: string, city: string) => ({ line1, postalCode, city, countryCode: 'SE' });

export const akerlund: SampleCompany = {
  company: { ...swedish, form: 'AB', organisationNumber: madeUp('559999011'), registeredName: 'Åkerlund Bygg & Betong AB', sectorProfileId: 'akerlund-doors', sectorProfileVersion: 1 },
  logo: { file: 'akerlund.png', text: 'ÅKERLUND', ink: '#ffffff', ground: '#b3261e' },
  address: address('Betongvägen 4', '731 40', 'Köping'),
};

export const norrsken: SampleCompany = {
  company: { ...swedish, form: 'AB', organisationNumber: madeUp('559999022'), registeredName: 'Norrsken Elinstallation AB' },
  logo: null,
  address: address('Ledningsgränd 12', '972 38', 'Luleå'),
};

export const oberg: SampleCompany = {
  company: { ...swedish, form: 'HB', organisationNumber: madeUp('969999033'), registeredName: 'Målerifirman Öberg & Söner HB' },
  logo: { file: 'oberg.png', text: 'ÖBERG', ink: '#1a1a1a', ground: '#ffffff' },
  address: address('Penselstigen 1', '641 30', 'Katrineholm'),
};

export const qvist: SampleCompany = {
  company: { ...swedish, form: 'KB', organisationNumber: madeUp('969999044'), registeredName: 'Ställningsbyggarna Qvist KB' },
  logo: { file: 'qvist.png', text: 'QVIST', ink: '#ffd400', ground: '#003a70' },
  address: address('Rörgatan 9 B', '431 53', 'Mölndal'),
};

export const snickeriet: SampleCompany = {
  company: { ...swedish, form: 'EKONOMISK_FORENING', organisationNumber: madeUp('769999055'), registeredName: 'Kooperativa Snickeriet ekonomisk förening' },
  logo: { file: 'snickeriet.png', text: 'Snickeriet', ink: '#ffffff', ground: '#2e6b3a' },
  address: address('Hyvelvägen 22', '903 36', 'Umeå'),
};

/** The owner's number is the company's: 195102179974 is from the published test list. */
export const astrom: SampleCompany = {
  company: { ...swedish, form: 'ENSKILD_FIRMA', organisationNumber: '19510217-9974', registeredName: 'Bengt Åströms Kakel och Klinker' },
  logo: null,
  address: address('Fogvägen 3', '291 32', 'Kristianstad'),
};

export const vatterbygden: SampleCompany = {
  company: { ...swedish, form: 'AB', organisationNumber: madeUp('559999066'), registeredName: 'Södra Vätterbygdens Mark och Grundläggning AB' },
  logo: { file: 'vatterbygden.png', text: 'SVGM', ink: '#ffffff', ground: '#5b3a8c' },
  address: address('Schaktgatan 17', '553 05', 'Jönköping'),
};

/** Its logo is one pixel too narrow. */
export const smalspar: SampleCompany = {
  company: { ...swedish, form: 'AB', organisationNumber: madeUp('559999077'), registeredName: 'Smalspår Rälsmontage AB' },
  logo: { file: 'smalspar-353x118.png', text: 'SMALSPÅR', ink: '#1a1a1a', ground: '#f2f2f2' },
  address: address('Slipersvägen 8', '598 37', 'Vimmerby'),
};
