import { describe, expect, test } from 'vitest';
import { ableStations, lacking, laneOf, type AbilityWord, type AnnouncedStation } from '../../../../queue/stations/abilities.ts';

const piv: readonly AbilityWord[] = ['profile:id06-piv version 1', 'blank:piv', 'chip:contact'];
const both: readonly AbilityWord[] = [...piv, 'profile:id06-mifare version 2', 'blank:mifare+piv'];
const announced = (station: string, words: readonly AbilityWord[]): [string, AnnouncedStation] => [station, { station, words, at: 0, idle: true }];
const site = ['st1', 'st2', 'st3'];

describe('what a station can do and an order needs', () => {
  test('names what is missing', () => {
    expect(lacking(['profile:id06-mifare version 2', 'blank:piv'], piv)).toEqual(['profile:id06-mifare version 2']);
    expect(lacking(piv, both)).toEqual([]);
  });

  test('finds the stations that know every word, and believes one that has said nothing yet', () => {
    const roster = new Map([announced('st1', piv), announced('st2', both)]);
    expect(ableStations(['blank:mifare+piv'], site, roster)).toEqual(['st2', 'st3']);
    expect(ableStations(['blank:piv'], site, roster)).toEqual(site);
    expect(ableStations(['print:magnetic'], ['st1', 'st2'], roster)).toEqual([]);
  });

  test('gives all stations the common lane, some of them one of their own in whatever order they are named, and none the lane of nobody', () => {
    expect(laneOf(site, site)).toEqual({ name: 'cards', stations: site });
    const some = laneOf(['st3', 'st2'], site);
    expect(some).toEqual(laneOf(['st2', 'st3'], site));
    expect(some.name).not.toBe(laneOf(['st2'], site).name);
    expect(some.name).toMatch(/^cards-[0-9a-f]{12}$/);
    expect(laneOf([], site)).toEqual({ name: 'cards-nobody', stations: [] });
  });
});
