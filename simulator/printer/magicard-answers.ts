import { duplexModelBit, type MagicardStatus } from '../../drivers/codec/magicard-status.ts';
import { setsLeft } from '../machine/card-path-ribbon.ts';
import type { CardPath } from '../machine/card-path.ts';

/** Models that a simulated Magicard can be. */
export interface MagicardIdentity {
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly duplex: boolean;
}

export const magicardModels: Readonly<Record<string, MagicardIdentity>> = {
  'enduro-duo': { model: 'Enduro Duo', serial: '48E0251', firmware: '1.0-2.14', duplex: true },
  enduro: { model: 'Enduro', serial: '48E0250', firmware: '1.0-2.14', duplex: false },
};

/** The whole status as the mechanics stand now. Cards count when they have left. */
export function statusOf(path: CardPath<unknown>, identity: MagicardIdentity, errorNumber: number): MagicardStatus {
  const { counters, limits, ribbon } = path;
  const cards = counters.cardsToOutput + counters.cardsToReject;
  return {
    modelBits: identity.duplex ? duplexModelBit : 0,
    model: identity.model,
    headType: 'KEE',
    serial: identity.serial,
    headSerial: `${identity.serial}-H`,
    boardSerial: `${identity.serial}-B`,
    firmware: identity.firmware,
    boardVersion: '1',
    handFeed: false,
    totalCards: cards,
    cardsOnHead: cards,
    panels: counters.panelsPrinted,
    cleanings: counters.cleanings,
    panelsSinceClean: counters.panelsPrinted,
    cardsSinceClean: counters.cardsSinceCleaning,
    cardsBetweenCleans: limits.cleaningInterval,
    headPosition: 50,
    imageStart: 0,
    imageEnd: 1016,
    majorError: errorNumber,
    minorError: 0,
    filmTag: ribbon === null ? '' : 'E0040100',
    filmTotalShots: ribbon?.capacitySets ?? 0,
    filmUsedShots: ribbon === null ? 0 : ribbon.capacitySets - setsLeft(ribbon),
    filmName: ribbon === null ? '' : ribbon.type.toUpperCase(),
    colourLengthMm: 60,
    blackLengthMm: 60,
    overcoatLengthMm: 60,
    filmFlags: 0,
    commandCode: 0,
    date: '',
    ribbonMaker: '',
    tagProgrammer: '',
  };
}

/** The value of a single query (`REQ,STA,KEY`), or null for a key that is not known. */
export function singleValue(status: MagicardStatus, key: string): string | null {
  switch (key) {
    case 'MSR': return status.serial;
    case 'PSR': return status.headSerial;
    case 'BSR': return status.boardSerial;
    case 'VRS': return status.firmware;
    case 'TCQ': return String(status.totalCards);
    case 'TCP': return String(status.cardsOnHead);
    case 'TPQ': return String(status.panels);
    case 'TCN': return String(status.cleanings);
    case 'CCQ': return String(status.cardsSinceClean);
    case 'CCP': return String(status.cardsBetweenCleans);
    case 'CPQ': return String(status.panelsSinceClean);
    case 'DFR': return String(status.filmTotalShots - status.filmUsedShots);
    case 'FPP': return String(status.headPosition);
    case 'FSP': return String(status.imageStart);
    case 'FEP': return String(status.imageEnd);
    case 'MDL': return '0';
    case 'CLP': return status.cardsSinceClean >= status.cardsBetweenCleans ? 'ON' : 'OFF';
    default: return null;
  }
}
