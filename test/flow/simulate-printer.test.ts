import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openEvolisPrinter } from '../../drivers/printer/evolis/evolis-printer.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { startProgram, type ChildProgram } from '../support/child-program.ts';
import { jobBytes } from '../support/printer-vectors.ts';
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

  test('stands on a line like a serial port or the node of a USB printer, takes a job of another program there, and is told as reserved while a program has it', { timeout: 60_000 }, async () => {
    await using out = await temporaryFolder('simulate-line');
    const node = join(out.path, 'lp0');
    await using program = start('--link', node, '--out', out.path, '--json');
    expect(JSON.parse((await program.untilLines(1))[0] ?? '')).toMatchObject({ protocol: 'evolis', link: 'line', path: node, acknowledges: false });
    await writeFile(node, jobBytes('evolis-windows-card-black'));
    await expect.poll(async () => readdir(out.path), { timeout: 20_000 }).toContain('0001-front.png');

    const config = join(out.path, 'station.json');
    const station = JSON.parse(await readFile(join(packageRoot(), 'samples', 'station.json'), 'utf8')) as { bench: object };
    await writeFile(config, JSON.stringify({ ...station, bench: { ...station.bench, printer: { protocol: 'evolis', link: { kind: 'device', path: node } } } }));
    await using other = await holdExclusively(node);
    expect(await askedOf(config)).toMatchObject({ reading: null, silent: 'PRN-RESERVED' });
    await other.release();
    expect(await askedOf(config)).toMatchObject({ silent: null, reading: { description: { model: 'Primacy 2 Duplex' } } });
  });

  test.each([
    [['--listen', '127.0.0.1:0', '--out', 'OUT', '--fault', 'nothing@1'], 2],
    [['--listen', '127.0.0.1:0', '--out', 'OUT', '--model', 'laser'], 2],
    [['--listen', 'nowhere', '--out', 'OUT'], 2],
    [['--listen', '127.0.0.1:0', '--out', 'OUT', '--time-factor', 'slow'], 2],
    [['--listen', '127.0.0.1:0'], 2],
    [['--out', 'OUT'], 2],
    [['--listen', '127.0.0.1:0', '--link', 'OUT/lp0', '--out', 'OUT'], 2],
  ])('%j ends at once with %i', async (args, exitCode) => {
    await using out = await temporaryFolder('simulate-printer');
    await using program = start(...args.map((arg) => (arg.replace('OUT', out.path))));
    expect(await program.ended()).toBe(exitCode);
    expect(program.lines).toEqual([]);
  });
});

/** What `kortverk config check` says of the bench's printer, asked by a user whom an exclusive terminal keeps out, as the driver of USB printers keeps out everyone. */
async function askedOf(config: string): Promise<unknown> {
  const wrapper = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin'] : [];
  await using asking = startProgram('daemon/cli/kortverk', ['config', 'check', config, '--json'], { wrapper });
  await asking.ended();
  return (JSON.parse(asking.lines.join('\n')) as { bench: unknown }).bench;
}

/** Another program opens a terminal for itself alone (TIOCEXCL), until it gives it back (TIOCNXCL). */
async function holdExclusively(node: string): Promise<AsyncDisposable & { release(): Promise<void> }> {
  const script = 'open(F, "+<", $ARGV[0]) or die; ioctl(F, 0x540C, 0) or die; $| = 1; print "held\\n"; <STDIN>; ioctl(F, 0x540D, 0) or die';
  const child = spawn('perl', ['-e', script, node], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  const release = async (): Promise<void> => {
    child.stdin.end('\n');
    await ended;
  };
  return { release, [Symbol.asyncDispose]: release };
}
