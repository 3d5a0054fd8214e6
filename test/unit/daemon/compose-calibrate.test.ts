import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureColourChart, printColourChart } from '../../../daemon/compose-calibrate.ts';
import { packageRoot } from '../../../drivers/contracts/package-root.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import { openStandalonePrinter } from '../../../simulator/printer/standalone-printer.ts';
import { printerModel } from '../../../simulator/printer/printer-identity.ts';
import { readColourTable } from '../../../templates/schema/read-colour-table.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const { signal } = new AbortController();
const about = { printer: 'a printer', ribbon: 'a ribbon' };

describe('calibrating a printer', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => { folder = await temporaryFolder('calibrate'); });
  afterAll(() => folder[Symbol.asyncDispose]());
  const at = (name: string): string => join(folder.path, name);

  /** The configuration of a bench whose printer listens on a port, with a calibration that the chart must not go through. */
  async function benchOn(port: number): Promise<string> {
    const sample = JSON.parse(await readFile(join(packageRoot(), 'samples', 'station.json'), 'utf8')) as Record<string, unknown> & { bench: Record<string, unknown> };
    const calibrations = [{ serial: '10000251', colour: { kind: 'table', file: join(packageRoot(), 'samples', 'colour', 'made-up-ribbon.json') } }];
    sample['dataDir'] = at('data');
    sample.bench['printer'] = { protocol: 'evolis', link: { kind: 'tcp', host: '127.0.0.1', port }, calibrations };
    await writeFile(at('station.json'), JSON.stringify(sample));
    return at('station.json');
  }

  test.each(['primacy-2-duplex', 'avansia'])('prints the chart on a blank of a %s, and the picture of it gives the table of its dyes', async (model) => {
    await using printer = await openStandalonePrinter({ place: { kind: 'tcp', host: '127.0.0.1', port: 0 }, outDir: at(model), faults: [], timeFactor: 0, clock: systemClock, identity: printerModel(model) });
    expect(await printColourChart(await benchOn(printer.place.kind === 'tcp' ? printer.place.port : 0), systemClock, signal)).toMatchObject({ serial: '10000251' });
    await measureColourChart(at(`${model}/0001-front.png`), about, at(`${model}.json`), systemClock);
    const { steps, colours } = await readColourTable(at(`${model}.json`));
    expect([steps, colours.length]).toEqual([[0, 51, 102, 153, 204, 255], 216]);
    // The simulated printer's dyes are complements, rounded to 128 levels: yellow slowest, cyan fastest.
    for (const [patch, wanted] of [[0, [255, 255, 255]], [5, [0, 255, 255]], [30, [255, 0, 255]], [180, [255, 255, 0]], [215, [0, 0, 0]], [43, [204, 204, 204]]] as const) {
      for (const [channel, value] of wanted.entries()) expect(Math.abs(value - (colours[patch]?.[channel] ?? -9))).toBeLessThanOrEqual(1);
    }
  }, 60_000);

  test('measures nothing in a picture that is none of the chart, and overwrites no table', async () => {
    await writeFile(at('text.png'), 'no picture');
    await sharp({ create: { width: 600, height: 600, channels: 3, background: '#fff' } }).png().toFile(at('square.png'));
    await sharp({ create: { width: 1016, height: 648, channels: 3, background: '#fff' } }).png().toFile(at('white.png'));
    await sharp(at('primacy-2-duplex/0001-front.png')).rotate(180).png().toFile(at('upside-down.png'));
    for (const picture of ['nowhere.png', 'text.png', 'square.png', 'white.png', 'upside-down.png']) {
      await expect(measureColourChart(at(picture), about, at('none.json'), systemClock)).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: `picture of the chart ${at(picture)}` } });
    }
    await writeFile(at('there.json'), '{}');
    await expect(measureColourChart(at('primacy-2-duplex/0001-front.png'), about, at('there.json'), systemClock)).rejects.toMatchObject({ code: 'CLI-USAGE' });
    expect(await readFile(at('there.json'), 'utf8')).toBe('{}');
  });
});
