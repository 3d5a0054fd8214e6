import { describe, expect, it } from 'vitest';
import { neededForMifare, pivCommandGroups } from '../../../bench/chip-counts.ts';
import { sampleJob } from '../../drivers/mifare-classic/mifare-bench.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('the fewest commands of an issue', () => {
  it('of a 1K with one company sector are 208, of a 4K 597, the inspection of the blank counted in', () => {
    const sum = (job: ReturnType<typeof sampleJob>): number => neededForMifare(job).reduce((total, { needed }) => total + needed, 0);
    expect(sum(sampleJob())).toBe(208);
    expect(sum(sampleJob({ chip: '4k' }))).toBe(597);
  });

  it('of a PIV applet count a chain once for each part it needs, and what is repeated as sent too often', () => {
    const sent = [
      '00A404000BA000000308000010000100', '1ADB3FFFFF5C035FC10200', '0ADB3FFF025C03', '00CB3FFF055C035FC10200', '00C0000000', '00CB3FFF055C035FC10200', '00C0000000',
      '0087039B047C028000', '0087039B047C028000', '0087119A04', '0087119A04', '0047009A05',
    ].map(bytes);
    const groups = pivCommandGroups([...sent.slice(0, 1), bytes('10DB3FFFFF5C035FC102'), bytes('00DB3FFF0500000000'), ...sent.slice(3)], 1);
    const of = (what: RegExp) => groups.filter((group) => what.test(group.what)).map((group) => [group.sent, group.needed])[0];
    expect(of(/^select/)).toEqual([1, 1]);
    expect(of(/^objects written/)).toEqual([2, 2]);
    expect(of(/^objects read/)).toEqual([4, 2]);
    expect(of(/^signatures/)).toEqual([2, 1]);
    expect(of(/^key pairs/)).toEqual([1, 1]);
  });
});
