import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { parseFault } from '../../../../simulator/machine/card-path-faults.ts';
import { printerModel } from '../../../../simulator/printer/printer-identity.ts';
import { openStandalonePrinter, type StandalonePrinter } from '../../../../simulator/printer/standalone-printer.ts';
import { jobBytes, jobPicture } from '../../../support/printer-vectors.ts';
import { openRawHost } from '../../../support/raw-host.ts';

let outDir = '';
beforeEach(async () => { outDir = await mkdtemp(join(tmpdir(), 'standalone-printer-')); });
afterEach(async () => rm(outDir, { recursive: true }));

const portOf = ({ place }: StandalonePrinter): number => (place.kind === 'tcp' ? place.port : 0);
const open = async (faults: readonly string[] = [], port = 0, folder = outDir): Promise<StandalonePrinter> =>
  openStandalonePrinter({ place: { kind: 'tcp', host: '127.0.0.1', port }, outDir: folder, identity: printerModel('primacy-2-duplex'), faults: faults.map(parseFault), timeFactor: 0, clock: systemClock });

const events = async (): Promise<readonly Record<string, unknown>[]> =>
  (await readFile(join(outDir, 'events.ndjson'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a printer that stands alone', () => {
  test('takes jobs of a foreign driver and writes each card and what happened to it', async () => {
    await using printer = await open();
    await using host = await openRawHost(portOf(printer));
    host.send(jobBytes('evolis-windows-card-text'));
    host.send(jobBytes('evolis-windows-card-black'));
    expect(await host.rest()).toBe('OK\r'.repeat(20));
    expect(await readdir(outDir)).toEqual(['0001-back.png', '0001-front.png', '0002-back.png', '0002-front.png', 'events.ndjson']);
    const printed = await sharp(join(outDir, '0001-front.png')).raw().toBuffer();
    expect(Buffer.compare(printed, await jobPicture('evolis-windows-card-text'))).toBe(0);
    expect((await events()).map((event) => `${String(event['kind'])} ${String(event['card'])}`)).toEqual([
      'moved 1', 'synchronised 1', 'marked 1', 'pictured 1', 'left 1', 'moved 2', 'synchronised 2', 'marked 2', 'pictured 2', 'left 2',
    ]);
    expect(printer.cardsOut).toBe(2);
  });

  test('never runs out of blanks, hoppers or ribbon', async () => {
    await using printer = await open();
    await using host = await openRawHost(portOf(printer));
    for (let card = 0; card < 120; card += 1) {
      expect(await host.ask('Sis')).toBe('OK');
      expect(await host.ask(card % 2 === 0 ? 'Se' : 'Ser')).toBe('OK');
    }
    expect(printer.cardsOut).toBe(120);
  }, 60_000);

  test('goes on counting where a folder ended', async () => {
    await writeFile(join(outDir, '0041-front.png'), '');
    await using printer = await open();
    await using host = await openRawHost(portOf(printer));
    expect([await host.ask('Sis'), await host.ask('Se')]).toEqual(['OK', 'OK']);
    expect(await readdir(outDir)).toContain('0042-front.png');
  });

  test('has the fault that was armed until somebody mends it', async () => {
    await using printer = await open(['jam-at-contact@2']);
    await using host = await openRawHost(portOf(printer));
    expect([await host.ask('Sis'), await host.ask('Se'), await host.ask('Sis'), await host.ask('Rlr;p')]).toEqual(['OK', 'OK', 'CARD JAM', 'ERR CARD']);
    printer.mend();
    expect([await host.ask('Rlr;p'), await host.ask('Sis')]).toEqual(['OK', 'OK']);
    expect((await events()).map((event) => event['kind'])).toContain('mended');
  });

  test('does not know every fault and model', () => {
    expect(() => parseFault('nothing@1')).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
    expect(() => printerModel('laser')).toThrow(expect.objectContaining({ code: 'SIM-INVALID' }));
  });

  test('is not opened where a file stands in the way or the port is taken', async () => {
    await using printer = await open();
    await expect(open([], portOf(printer))).rejects.toMatchObject({ code: 'SIM-INVALID' });
    await writeFile(join(outDir, 'file'), '');
    await expect(open([], 0, join(outDir, 'file'))).rejects.toMatchObject({ code: 'SIM-INVALID' });
  });
});
