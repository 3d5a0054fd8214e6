import { cardRasters, type CardRaster } from '../../drivers/contracts/card-raster.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { PictureShift } from './print-tuning.ts';

/** What a simulated printer says of itself and which options it has. */
export interface PrinterIdentity {
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly headKit: string;
  readonly mac: string;
  readonly address: string;
  readonly contact: boolean;
  readonly contactless: boolean;
  readonly duplex: boolean;
  readonly magnetic: boolean;
  readonly raster: CardRaster;
  /** How far its picture lies from the card's edges when nobody has calibrated it. */
  readonly misplaced: PictureShift;
}

const common = { serial: '10000251', firmware: '1410.04', headKit: '123456-0001', mac: '00-0F-49-00-02-51', address: '127.0.0.1', raster: cardRasters['300'], misplaced: { rightDots: 0, downDots: 0 } };

/** The models a simulated printer can be, by the name of the command line. */
export const printerModels: Readonly<Record<string, PrinterIdentity>> = {
  'primacy-2-duplex': { ...common, model: 'Primacy 2 Duplex', contact: true, contactless: true, duplex: true, magnetic: true },
  'primacy-simplex': { ...common, model: 'Primacy Simplex', contact: true, contactless: true, duplex: false, magnetic: false },
  /** 600 dpi. That the language's rules go on there is our assumption. */
  avansia: { ...common, model: 'Avansia', contact: true, contactless: true, duplex: true, magnetic: true, raster: cardRasters['600'] },
  zenius: { ...common, model: 'Zenius', contact: false, contactless: true, duplex: false, magnetic: false },
};

export const defaultModel = 'primacy-2-duplex';

/** The identity of a model. Throws `SIM-INVALID` for an unknown name. */
export function printerModel(name: string): PrinterIdentity {
  const identity = Object.hasOwn(printerModels, name) ? printerModels[name] : undefined;
  if (identity === undefined) throw new StationFault('SIM-INVALID', { field: `model ${name.slice(0, 40)}`, note: `known: ${Object.keys(printerModels).join(', ')}` });
  return identity;
}
