import { describe, expect, it } from 'vitest';
import { caFaultMeanings, isCaFaultWord, parseCaFault } from '../../../../simulator/machine/ca-fault-words.ts';

describe('faults of the authority', () => {
  it('are read with the number of requests they go for', () => {
    expect(parseCaFault('ca-away@3')).toEqual({ name: 'away', times: 3 });
    expect(parseCaFault('ca-waiting@1')).toEqual({ name: 'waiting', retryAfterSeconds: 1, times: 1 });
    for (const word of Object.keys(caFaultMeanings)) expect(parseCaFault(`${word}@2`)).toMatchObject({ name: word.slice('ca-'.length), times: 2 });
  });

  it.each(['ca-away', 'ca-away@0', 'ca-asleep@1', 'ca-away@contact:1', 'constructor@1', ''])('refuse %j', (text) => {
    expect(() => parseCaFault(text)).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
  });

  it('are told from others by name', () => {
    expect(['ca-away', 'card-mute', 'toString'].map(isCaFaultWord)).toEqual([true, false, false]);
  });
});
