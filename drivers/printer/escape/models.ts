import { cardRasters, type CardRaster } from '../../contracts/card-raster.ts';

/** What the language cannot be asked about a model: the flip station, colour, and its raster. Names as `Rtp` answers them. */
export interface EvolisModel {
  readonly duplex: boolean;
  readonly colour: boolean;
  readonly raster: CardRaster;
}

const { '300': raster300, '600': raster600 } = cardRasters;

const models: readonly { readonly name: RegExp; readonly model: EvolisModel }[] = [
  { name: /simplex|zenius|pebble|badgy/i, model: { duplex: false, colour: true, raster: raster300 } },
  { name: /tattoo/i, model: { duplex: false, colour: false, raster: raster300 } },
  { name: /avansia/i, model: { duplex: true, colour: true, raster: raster600 } },
  { name: /duplex|dualys|primacy|quantum|securion/i, model: { duplex: true, colour: true, raster: raster300 } },
];

/** Abilities by model name; an unknown model is taken to be simplex and of 300 dpi, which refuses a job rather than ruining a card. */
export function modelNamed(name: string): EvolisModel {
  return models.find((entry) => entry.name.test(name))?.model ?? { duplex: false, colour: true, raster: raster300 };
}
