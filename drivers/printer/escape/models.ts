/** What the language cannot be asked about a model: the flip station and colour. Names as `Rtp` answers them. */
export interface EvolisModel {
  readonly duplex: boolean;
  readonly colour: boolean;
}

const models: readonly { readonly name: RegExp; readonly model: EvolisModel }[] = [
  { name: /simplex|zenius|pebble|badgy/i, model: { duplex: false, colour: true } },
  { name: /tattoo/i, model: { duplex: false, colour: false } },
  { name: /duplex|dualys|primacy|quantum|securion|avansia/i, model: { duplex: true, colour: true } },
];

/** Abilities by model name; an unknown model is taken to be simplex, which refuses a job rather than ruining a card. */
export function modelNamed(name: string): EvolisModel {
  return models.find((entry) => entry.name.test(name))?.model ?? { duplex: false, colour: true };
}
