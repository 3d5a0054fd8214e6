import { expect, test } from 'vitest';
import { modelNamed } from '../../../../../drivers/printer/escape/models.ts';

test.each([
  ['Primacy 2 Duplex', { duplex: true, colour: true }],
  ['Evolis Primacy', { duplex: true, colour: true }],
  ['Primacy Simplex', { duplex: false, colour: true }],
  ['Zenius', { duplex: false, colour: true }],
  ['Tattoo 2', { duplex: false, colour: false }],
  ['something else', { duplex: false, colour: true }],
])('%s', (name, model) => {
  expect(modelNamed(name)).toEqual(model);
});
