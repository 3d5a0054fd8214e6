import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openEvolisPrinter } from '../../drivers/printer/evolis/evolis-printer.ts';
import { startProgram, type ChildProgram } from '../support/child-program.ts';
import { colourCard, patient } from '../support/simulated-printer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const start = (...args: string[]): ChildProgram => startProgram('daemon/cli/kortverk', ['simulate', 'printer', ...args]);

describe('kortverk simulate printer', () => {
  test('tells its endpoint, prints for a driver, and ends cleanly', async () => {
    await using out = await temporaryFolder('simulate-printer');
    await using program = start('--listen', '127.0.0.1:0', '--out', out.path, '--fault', 'feeder-empty@2', '--json');
    const endpoint = JSON.parse((await program.untilLines(1))[0] ?? '') as { host: string; port: number };
    expect(endpoint).toMatchObject({ device: 'printer', protocol: 'evolis', host: '127.0.0.1', model: 'Primacy 2 Duplex', out: out.path });
    {
      await using printer = await openEvolisPrinter({ connect: async (limit) => openTcpPort({ ...endpoint, clock: systemClock }, limit), clock: systemClock }, patient());
      await printer.prepare(patient());
      await printer.feed('contactless', patient());
      await printer.print(colourCard(), patient());
      await printer.eject('output', patient());
      await expect(printer.feed('contact', patient())).rejects.toMatchObject({ code: 'PRN-FEEDER-EMPTY' });
    }
    program.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(JSON.parse(program.lines.slice(1).join('\n'))).toEqual({ cards: 1 });
    expect(await readdir(out.path)).toEqual(['0001-back.png', '0001-front.png', 'events.ndjson']);
    const events = (await readFile(join(out.path, 'events.ndjson'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.at(-2)).toMatchObject({ kind: 'left', card: 1, to: 'output', passes: { front: { y: 1, m: 1, c: 1, k: 1, overlay: 1 }, back: { k: 1 } } });
    expect(events.at(-1)).toMatchObject({ kind: 'refused', refusal: 'feeder-empty' });
  });

  test.each([
    [['--listen', '127.0.0.1:0', '--out', 'OUT', '--fault', 'nothing@1'], 2],
    [['--listen', '127.0.0.1:0', '--out', 'OUT', '--model', 'laser'], 2],
    [['--listen', 'nowhere', '--out', 'OUT'], 2],
    [['--listen', '127.0.0.1:0', '--out', 'OUT', '--time-factor', 'slow'], 2],
    [['--listen', '127.0.0.1:0'], 2],
  ])('%j ends at once with %i', async (args, exitCode) => {
    await using out = await temporaryFolder('simulate-printer');
    await using program = start(...args.map((arg) => (arg === 'OUT' ? out.path : arg)));
    expect(await program.ended()).toBe(exitCode);
    expect(program.lines).toEqual([]);
  });
});
