import { expect, test } from 'vitest';
import { cardRasters } from '../../../../../drivers/contracts/card-raster.ts';
import { modelNamed } from '../../../../../drivers/printer/escape/models.ts';

test.each([
  ['Primacy 2 Duplex', { duplex: true, colour: true, raster: cardRasters['300'] }],
  ['Evolis Primacy', { duplex: true, colour: true, raster: cardRasters['300'] }],
  ['Primacy Simplex', { duplex: false, colour: true, raster: cardRasters['300'] }],
  ['Avansia', { duplex: true, colour: true, raster: cardRasters['600'] }],
  ['Zenius', { duplex: false, colour: true, raster: cardRasters['300'] }],
  ['Tattoo 2', { duplex: false, colour: false, raster: cardRasters['300'] }],
  ['something else', { duplex: false, colour: true, raster: cardRasters['300'] }],
])('%s', (name, model) => {
  expect(modelNamed(name)).toEqual(model);
});
