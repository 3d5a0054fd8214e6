import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultTable, isFaultCode } from '../../drivers/contracts/fault.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { allSources } from '../architecture/source-tree.ts';
import { cannotBeProvoked, notRaisedYet, scenarioTable, type ScenarioPlace } from './scenario-table.ts';

/** How far below its title a test may speak of its code. */
const MOST_CHARACTERS = 3_500;
const codes = Object.keys(faultTable);
const listed = [...Object.keys(scenarioTable), ...Object.keys(notRaisedYet), ...Object.keys(cannotBeProvoked)];

/** Sources of the product. The table of codes and the list of rules that other rooms enforce only name codes. */
const sources = allSources().filter(({ path }) => /^(drivers|templates|queue|daemon)\//.test(path) && !path.startsWith('drivers/contracts/') && path !== 'queue/rules/machine-rules.ts');

function mentions(text: string, code: string): boolean {
  return new RegExp(`(?<![A-Z-])${code}(?![A-Z-])`).test(text);
}

/** Whether a title stands as a text of its own in a file, with the code in it or soon after or before it in the same test. */
function isProvokedThere({ file, title }: ScenarioPlace, code: string): boolean {
  const text = readFileSync(join(packageRoot(), file), 'utf8');
  const at = ["'", '"', '`'].map((quote) => text.indexOf(`${quote}${title}${quote}`)).find((index) => index >= 0);
  if (at === undefined) return false;
  return mentions(text.slice(Math.max(0, at - MOST_CHARACTERS), at + MOST_CHARACTERS), code);
}

describe('the scenarios of the fault table', () => {
  test('are there for every code, and for no other', () => {
    expect(codes.filter((code) => !listed.includes(code))).toEqual([]);
    expect(listed.filter((code) => !isFaultCode(code))).toEqual([]);
    expect(listed.filter((code, index) => listed.indexOf(code) !== index)).toEqual([]);
  });

  test.each(Object.entries(scenarioTable))('%s is provoked where the table says', (code, place) => {
    expect(existsSync(join(packageRoot(), place.file)), place.file).toBe(true);
    expect(isProvokedThere(place, code), `${place.file} has no test ${JSON.stringify(place.title)} that ends in ${code}`).toBe(true);
  });

  test.each(Object.keys(scenarioTable))('%s is a code that the product speaks of', (code) => {
    expect(sources.some(({ text }) => mentions(text, code)) || code === 'SIM-INVALID').toBe(true);
  });

  test.each(Object.keys(notRaisedYet))('%s is not spoken of yet; once it is, it needs a scenario', (code) => {
    expect(sources.filter(({ text }) => mentions(text, code)).map(({ path }) => path)).toEqual([]);
  });
});
