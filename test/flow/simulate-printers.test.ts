import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openEspfPrinter } from '../../drivers/printer/espf/espf-printer.ts';
import { startProgram } from '../support/child-program.ts';
import { magicardJobBytes } from '../support/printer-vectors.ts';
import { blackCard, patient } from '../support/simulated-printer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const kortverk = (...args: string[]): ReturnType<typeof startProgram> => startProgram('daemon/cli/kortverk', args);
const summary = (lines: readonly string[]): unknown => JSON.parse(lines.slice(1).join('\n'));

describe('kortverk simulate magicard', () => {
  test('takes the job of another program and writes what it prints; kortverk printers finds it', async () => {
    await using out = await temporaryFolder('simulate-magicard');
    await using program = kortverk('simulate', 'magicard', '--listen', '127.0.0.1:0', '--out', out.path, '--json');
    const endpoint = JSON.parse((await program.untilLines(1))[0] ?? '') as { host: string; port: number };
    expect(endpoint).toMatchObject({ protocol: 'magicard', model: 'Enduro Duo' });
    const socket = connect(endpoint);
    socket.resume();
    socket.end(magicardJobBytes());
    await expect.poll(async () => readdir(out.path), { timeout: 20_000 }).toEqual(['0001-back.png', '0001-front.png', 'events.ndjson']);
    await using finder = kortverk('printers', '--host', `127.0.0.1:${String(endpoint.port)}`, '--json');
    expect(await finder.ended()).toBe(0);
    expect(JSON.parse(finder.lines.join('\n'))).toMatchObject({ found: [{ settings: { protocol: 'magicard' }, description: { model: 'Enduro Duo', stations: [] } }], silent: [] });
    program.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(summary(program.lines)).toEqual({ cards: 1 });
  });
});

describe('kortverk simulate espf', () => {
  test('serves the driver of the service, and ends cleanly', async () => {
    await using out = await temporaryFolder('simulate-espf');
    await using program = kortverk('simulate', 'espf', '--listen', '127.0.0.1:0', '--out', out.path, '--json');
    const endpoint = JSON.parse((await program.untilLines(1))[0] ?? '') as { host: string; port: number; model: string };
    {
      await using printer = await openEspfPrinter({ connect: async (limit) => openTcpPort({ ...endpoint, clock: systemClock }, limit), device: endpoint.model, clock: systemClock }, patient());
      await printer.prepare(patient());
      await printer.feed('contact', patient());
      await printer.print(blackCard(), patient());
      await printer.eject('output', patient());
    }
    program.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(summary(program.lines)).toEqual({ cards: 1 });
    expect(await readdir(out.path)).toContain('0001-front.png');
  });
});
