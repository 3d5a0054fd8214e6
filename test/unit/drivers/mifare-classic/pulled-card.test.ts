import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyCustody } from '../../../../drivers/contracts/keys.ts';
import type { StationFault } from '../../../../drivers/contracts/fault.ts';
import { encodeMifare } from '../../../../drivers/mifare-classic/encoder.ts';
import { readBackMifare } from '../../../../drivers/mifare-classic/read-back.ts';
import { tornWrite } from '../../../../simulator/card/mifare-ailments.ts';
import { benchCard, LIMIT, openCustody, RecordedIntents, sampleJob, type BenchCard, type Pull } from './mifare-bench.ts';

let token: Awaited<ReturnType<typeof openCustody>>;
let keys: KeyCustody;
let finished: readonly string[];
let commands: readonly Uint8Array[];

beforeAll(async () => {
  token = await openCustody();
  keys = token.custody;
  const bench = benchCard();
  const card = bench.insert();
  await encodeMifare(sampleJob(), card, keys, new RecordedIntents(), LIMIT);
  finished = bench.card.chip.dump();
  commands = card.channel.sent;
});

afterAll(async () => {
  await token[Symbol.asyncDispose]();
});

/** Hundreds of whole issues. */
const SLOW = { timeout: 120_000 };

const isUpdate = (command: Uint8Array | undefined): boolean => command?.[1] === 0xd6;

/** What the station makes of a card after a pull: it is put back and the work is begun again, then read back. */
async function afterPull(bench: BenchCard, pull: Pull): Promise<{ readonly outcome: 'completed' | 'scrapped'; readonly sectors: string }> {
  const first = encodeMifare(sampleJob(), bench.insert(pull), keys, new RecordedIntents(), LIMIT);
  await expect(first).rejects.toMatchObject({ code: 'LNK-CARD-GONE' });
  try {
    await encodeMifare(sampleJob(), bench.insert(), keys, new RecordedIntents(), LIMIT);
  } catch (error) {
    const fault = error as StationFault;
    expect(fault.code).toBe('ENC-PARTIAL');
    await expect(readBackMifare(sampleJob(), bench.insert(), keys, LIMIT), 'a scrapped card does not read back').rejects.toMatchObject({ code: 'ENC-VERIFY' });
    return { outcome: 'scrapped', sectors: String(fault.detail.data?.['sectors']) };
  }
  await readBackMifare(sampleJob(), bench.insert(), keys, LIMIT);
  return { outcome: 'completed', sectors: '' };
}

/** Every key in the chip itself, without any reader: the simulated memory. */
function transportKeysLeft(bench: BenchCard): readonly number[] {
  const trailers = bench.card.chip.dump().filter((_, block) => block % 4 === 3);
  return trailers.flatMap((trailer, sector) => (trailer.startsWith('FFFFFFFFFFFF') || trailer.endsWith('FFFFFFFFFFFF') ? [sector] : []));
}

describe.each(['before', 'after'] as const)('a card pulled %s any command of a whole issue', (when) => {
  it('is completed on the next try, byte for byte as if nothing had happened', SLOW, async () => {
    for (let at = 0; at < commands.length; at += 1) {
      const bench = benchCard();
      expect(await afterPull(bench, { at, when }), `command ${at}`).toEqual({ outcome: 'completed', sectors: '' });
      expect(bench.card.chip.dump(), `command ${at}`).toEqual(finished);
    }
    expect(commands.length).toBe(208);
  });
});

describe('a card pulled again and again', () => {
  it('is completed when it is left alone at last', SLOW, async () => {
    const at = fc.integer({ min: 0, max: 200 });
    const pull = fc.record({ at, when: fc.constantFrom('before' as const, 'after' as const) });
    await fc.assert(
      fc.asyncProperty(fc.array(pull, { minLength: 2, maxLength: 6 }), async (pulls) => {
        const bench = benchCard();
        for (const next of pulls) {
          const outcome = await encodeMifare(sampleJob(), bench.insert(next), keys, new RecordedIntents(), LIMIT).catch((error: StationFault) => error.code);
          expect(outcome).toSatisfy((value) => value === 'LNK-CARD-GONE' || typeof value === 'object');
        }
        await encodeMifare(sampleJob(), bench.insert(), keys, new RecordedIntents(), LIMIT);
        expect(bench.card.chip.dump()).toEqual(finished);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(['old', 'zero', 'ones', 'mixed'] as const)('a card pulled during any write, the rest of the block %s', (rest) => {
  it('is completed or scrapped with the torn sector named, and never called good with a transport key in it', SLOW, async () => {
    const updates = commands.flatMap((command, at) => (isUpdate(command) ? [at] : []));
    let scrapped = 0;
    for (const [number, at] of updates.entries()) {
      for (const kept of [1, 5, 6, 7, 8, 9, 10, 12, 15]) {
        const bench = benchCard({ behaviours: [tornWrite(number, kept, rest)] });
        const { outcome, sectors } = await afterPull(bench, { at, when: 'after' });
        const name = `write ${number} (command ${at}), ${kept} bytes kept`;
        if (outcome === 'completed') {
          expect(transportKeysLeft(bench), name).toEqual([]);
          expect(bench.card.chip.dump(), name).toEqual(finished);
        } else {
          scrapped += 1;
          expect(sectors, name).toBe(String((commands[at]?.[3] ?? 0) >> 2));
        }
      }
    }
    expect(updates.length).toBe(23);
    expect(scrapped, 'a torn trailer can cost a card').toBeGreaterThan(0);
    expect(scrapped, 'torn data does not').toBeLessThanOrEqual(16 * 9);
  });
});
