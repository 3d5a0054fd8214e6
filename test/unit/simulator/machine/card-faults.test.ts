import { describe, expect, it } from 'vitest';
import { cardFaultMeanings, isCardFault, parseCardFault, passChance } from '../../../../simulator/machine/card-faults.ts';

describe('faults of cards', () => {
  it('are read by name, station and count', () => {
    expect(parseCardFault('card-mute@3')).toEqual({ name: 'card-mute', station: null, left: 3 });
    expect(parseCardFault('card-gone@contactless:12')).toEqual({ name: 'card-gone', station: 'contactless', left: 12 });
  });

  it.each(['card-mute', 'card-mute@0', 'card-mute@x', 'card-melted@1', 'card-mute@print:1', '', 'constructor@1'])('refuses %j', (text) => {
    expect(() => parseCardFault(text)).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
  });

  it('happen once, at their chance and station', () => {
    let armed = [parseCardFault('card-gone@contact:2'), parseCardFault('card-torn@1')] as ReturnType<typeof passChance>['armed'];
    const pass = (chance: 'command' | 'write' | 'arrival', station: 'contactless' | 'contact'): readonly string[] => {
      const passed = passChance(armed, chance, station);
      armed = passed.armed;
      return passed.due;
    };
    expect(pass('command', 'contact')).toEqual([]);
    expect(pass('command', 'contactless')).toEqual([]);
    expect(pass('arrival', 'contact')).toEqual([]);
    expect(pass('write', 'contactless')).toEqual(['card-torn']);
    expect(pass('command', 'contact')).toEqual(['card-gone']);
    expect(pass('command', 'contact')).toEqual([]);
    expect(armed).toEqual([]);
  });

  it('may be due together', () => {
    const armed = [parseCardFault('card-mute@1'), parseCardFault('service-dies@1')];
    expect(passChance(armed, 'command', 'contact').due).toEqual(['card-mute', 'service-dies']);
  });

  it('have a meaning each', () => {
    for (const name of Object.keys(cardFaultMeanings)) expect(isCardFault(name)).toBe(true);
    expect(isCardFault('toString')).toBe(false);
  });
});
