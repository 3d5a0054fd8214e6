import { expect, test } from 'vitest';
import type { Ink } from '../../../../drivers/contracts/card-image.ts';
import { newRibbon, setsLeft, windTo, type Ribbon } from '../../../../simulator/machine/card-path-ribbon.ts';

function wind(ribbon: Ribbon, inks: readonly Ink[]): Ribbon | 'wrong' | 'end' {
  return inks.reduce<Ribbon | 'wrong' | 'end'>((now, ink) => (typeof now === 'string' ? now : windTo(now, ink)), ribbon);
}

test.each<[string, Ribbon, readonly Ink[], number | 'wrong' | 'end']>([
  ['a full card uses one set', newRibbon('ymckok', 2), ['y', 'm', 'c', 'k', 'overlay', 'k'], 1],
  ['a front alone spends the set', newRibbon('ymckok', 2), ['y', 'm', 'c', 'k', 'overlay'], 1],
  ['the next front winds past the unused black', newRibbon('ymckok', 2), ['y', 'm', 'c', 'k', 'overlay', 'y'], 0],
  ['black twice uses two black panels', newRibbon('k', 5), ['k', 'k'], 3],
  ['the end is the end', newRibbon('k', 1), ['k', 'k'], 'end'],
  ['an ink that is not there is wrong', newRibbon('ko', 1), ['y'], 'wrong'],
])('%s', (_name, ribbon, inks, expected) => {
  const wound = wind(ribbon, inks);
  expect(typeof wound === 'string' ? wound : setsLeft(wound)).toBe(expected);
});
