import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePanel } from '../../../../drivers/codec/evolis-panel.ts';
import { writeCommand } from '../../../../drivers/codec/evolis-frame.ts';
import { armFault, changeRibbon, emptyHopper } from '../../../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../../../simulator/machine/card-path-ribbon.ts';
import { newCardPath } from '../../../../simulator/machine/card-path.ts';
import { composeSide } from '../../../../simulator/printer/card-picture.ts';
import { capturedJobs, jobBytes, jobPicture } from '../../../support/printer-vectors.ts';
import { openRawHost } from '../../../support/raw-host.ts';
import { blanks, blockPanel, openSimulatedPrinter } from '../../../support/simulated-printer.ts';

const blackRibbon = { path: newCardPath(blanks(3), { ribbon: newRibbon('k', 100) }) };

describe('a host that sends a whole job and hangs up', () => {
  test.each(capturedJobs)('%s comes out as the picture beside it, dot for dot', async (job) => {
    const { front, left } = await openSimulatedPrinter(blackRibbon);
    await using _front = front;
    await using host = await openRawHost(front.port);
    host.send(jobBytes(job));
    expect(await host.rest()).toBe('OK\r'.repeat(10));
    expect(left).toMatchObject([{ card: { id: 'blank-1' }, to: 'output' }]);
    const printed = composeSide(left[0]?.marks.front ?? { dots: {}, passes: {} });
    expect(Buffer.compare(printed, await jobPicture(job))).toBe(0);
    expect(left[0]?.marks.back.passes).toEqual({});
  });
});

describe('the printer refuses', () => {
  const panel = Buffer.from(writeCommand(encodePanel('k', blockPanel(40), 128))).toString('latin1').slice(1, -1);

  test.each<[string, readonly string[], readonly string[]]>([
    ['an unknown command', ['Xyz'], ['ERROR CDE']],
    ['parameters where none belong', ['Sic;1'], ['ERROR PARAMETRES']],
    ['a panel outside a sequence', [panel], ['ERROR']],
    ['a side outside a sequence', ['Sr', 'Sv'], ['ERROR', 'ERROR']],
    ['a ribbon other than the one inside', ['Pr;ymcko', 'Ss'], ['OK', 'ERROR RIBBON']],
    ['a panel the ribbon does not have', ['Ss', 'Dbc;y;128;4;abcd'], ['OK', 'ERROR PARAMETRES']],
    ['an ejection without a card', ['Se', 'Ser'], ['ERROR', 'ERROR']],
    ['a panel of another size', ['Ss', `Dbc;k;2;3;${'\x00'.repeat(3)}`], ['OK', 'ERROR PARAMETRES']],
  ])('%s', async (_name, commands, answers) => {
    const { front } = await openSimulatedPrinter(blackRibbon);
    await using _front = front;
    await using host = await openRawHost(front.port);
    for (const [index, command] of commands.entries()) expect(await host.ask(command)).toBe(answers[index]);
  });

  test('to begin with a full output', async () => {
    const path = { ...newCardPath(blanks(1)), output: blanks(100) };
    const { front, holder } = await openSimulatedPrinter({ path });
    await using _front = front;
    await using host = await openRawHost(front.port);
    expect(await host.ask('Ss')).toBe('HOPPER FULL');
    holder.update((now) => emptyHopper(now, 'output').path);
    expect(await host.ask('Ss')).toBe('OK');
  });

  test('a back where there is no flip station, and contact where there is none', async () => {
    const { front } = await openSimulatedPrinter({ model: 'zenius' });
    await using _front = front;
    await using host = await openRawHost(front.port);
    expect(await host.ask('Ss')).toBe('OK');
    expect(await host.ask('Sv')).toBe('OPT NOT AVAILABLE');
    expect(await host.ask('Sis')).toBe('OPT NOT AVAILABLE');
  });

  test('hosts beyond the sixteenth', async () => {
    const { front } = await openSimulatedPrinter();
    await using _front = front;
    const hosts = await Promise.all(Array.from({ length: 16 }, async () => openRawHost(front.port)));
    await using late = await openRawHost(front.port);
    await expect(late.ask('Rtp')).rejects.toThrow('ended');
    expect(await hosts[0]?.ask('Rtp')).toBe('Primacy 2 Duplex');
    for (const host of hosts) await host[Symbol.asyncDispose]();
  });
});

describe('two hosts', () => {
  test('share one printer, its modes and its card', async () => {
    const { front, left } = await openSimulatedPrinter();
    await using _front = front;
    await using first = await openRawHost(front.port);
    await using second = await openRawHost(front.port);
    expect(await first.ask('Sic')).toBe('OK');
    expect(await second.ask('Rlr;p')).toBe('CONTACTLESS CARD');
    expect(await second.ask('Psc;33;44;10')).toBe('OK');
    expect(await first.ask('Rlr;p')).toBe('CONTACTLESS CARD');
    second.send('!Ser\n');
    expect(await second.answers(1)).toEqual(['OK']);
    expect(left).toMatchObject([{ to: 'reject' }]);
  });
});

describe('a host that dies', () => {
  test('leaves an accepted command to be finished, and the next host waits for its end', async () => {
    const { front, holder } = await openSimulatedPrinter({ timeFactor: 0.1 });
    await using _front = front;
    const dying = await openRawHost(front.port);
    dying.send('\x1bSic\r');
    while (holder.path.inside === null) await new Promise((resolve) => { setImmediate(resolve); });
    dying.socket.resetAndDestroy();
    await using next = await openRawHost(front.port);
    expect(holder.path.inside.position).toBe('between');
    expect(await next.ask('Rlr;p')).toBe('CONTACTLESS CARD');
    expect(await next.ask('Rco;c')).toBe('1');
  });
});

describe('restart', () => {
  test('forgets modes and sequence and keeps the card', async () => {
    const { front, holder } = await openSimulatedPrinter();
    await using _front = front;
    await using host = await openRawHost(front.port);
    expect(await host.ask('Psoe;D')).toBe('OK');
    expect(await host.ask('Ss')).toBe('OK');
    host.send('\x1bSrs\r');
    expect(await host.rest()).toBe('');
    await using again = await openRawHost(front.port);
    expect(await again.ask('Rlr;p')).toBe('CARD');
    expect(await again.ask('Sr')).toBe('ERROR');
    expect(await again.ask('Se')).toBe('OK');
    expect(holder.path.output).toHaveLength(1);
  });

  test('Scs clears a ribbon end that the counter contradicts, and rejects the card inside', async () => {
    const { front, holder } = await openSimulatedPrinter(blackRibbon);
    await using _front = front;
    holder.update((path) => armFault(path, 'ribbon-end', 1));
    await using host = await openRawHost(front.port);
    expect(await host.ask('Ss')).toBe('OK');
    host.send(writeCommand(encodePanel('k', blockPanel(40), 128)));
    expect(await host.answers(1)).toEqual(['OK']);
    expect(await host.ask('Se')).toBe('ERROR RIBBON');
    expect(await host.ask('Scs')).toBe('OK');
    expect(holder.path).toMatchObject({ standing: [], inside: null, reject: [{ id: 'blank-1' }] });
    expect(await host.ask('Ss')).toBe('OK');
  });
});

describe('whatever a host sends', () => {
  test('the printer lives, loses no card, and answers the next host', async () => {
    const { front, holder } = await openSimulatedPrinter({ path: newCardPath(blanks(50), { ribbon: newRibbon('k', 1000) }) });
    await using _front = front;
    const words = ['\x1b', '\r', ';', '\x00', 'Ss', 'Sr', 'Sv', 'Se', 'Sic', 'Sis', 'Ser', 'Db;k;2;', 'Dbc;k;2;40;', 'Psc;33;44;10', 'Scs', 'Rlr;p', '\x1bSic\r', '\x1bSe\r', '\x1bSs\r'].map((word) => Buffer.from(word, 'latin1'));
    const stream = fc.array(fc.oneof(fc.constantFrom(...words), fc.uint8Array({ maxLength: 60 })), { maxLength: 40 });
    await fc.assert(fc.asyncProperty(stream, async (parts) => {
      await using host = await openRawHost(front.port);
      host.send(Buffer.concat(parts));
      await host.rest();
      const { path } = holder;
      expect(path.feeder.length + path.output.length + path.reject.length + (path.inside === null ? 0 : 1)).toBe(50);
      holder.update((now) => changeRibbon({ ...now, feeder: [...now.feeder, ...now.output, ...now.reject], output: [], reject: [] }, newRibbon('k', 1000)));
    }), { numRuns: 200 });
    await using next = await openRawHost(front.port);
    expect(await next.ask('Rtp')).toBe('Primacy 2 Duplex');
  });

  test('a host that never reads its answers is made to wait', async () => {
    const { front } = await openSimulatedPrinter();
    await using _front = front;
    await using deaf = await openRawHost(front.port);
    deaf.socket.pause();
    const flood = Buffer.from('\x1bEcho;0123456789012345678901234567890123456789\r'.repeat(20_000), 'latin1');
    let taken = 0;
    for (let round = 0; round < 40; round += 1) deaf.socket.write(flood, () => { taken += 1; });
    await using other = await openRawHost(front.port);
    for (let round = 0; round < 200; round += 1) expect(await other.ask('Rtp')).toBe('Primacy 2 Duplex');
    expect(taken).toBeLessThan(40);
  });
});
