import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listPrinterNodes, parsePrinterId } from '../../../drivers/channel/printer-nodes.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import { findPrinters } from '../../../drivers/find-printers.ts';
import { defaultModel, printerModel } from '../../../simulator/printer/printer-identity.ts';
import { openPrinterLine } from '../../../simulator/printer/printer-line.ts';
import { openMagicardSubject } from '../../support/simulated-magicard.ts';
import { openSimulatedPrinter, simulatedMechanics } from '../../support/simulated-printer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('printers are found', () => {
  test('on hosts in the language they speak, and on nodes; a place without one is told of', async () => {
    const evolis = await openSimulatedPrinter();
    await using _front = evolis.front;
    await using magicard = await openMagicardSubject();
    const { mechanics } = simulatedMechanics();
    await using node = await openPrinterLine({ mechanics, identity: printerModel(defaultModel) });
    const hosts = [{ host: '127.0.0.1', port: evolis.front.port }, { host: '127.0.0.1', port: magicard.front.port }, { host: '127.0.0.1', port: 1 }];
    const { found, silent } = await findPrinters({ hosts, nodes: [{ path: node.path, maker: 'Evolis', model: 'Primacy 2', serial: '1' }], clock: systemClock }, { signal: new AbortController().signal, timeoutMs: 3000 });
    expect(found.map(({ settings, description }) => [settings.protocol, settings.link.kind, description.model, description.stations.length])).toEqual([
      ['evolis', 'device', 'Primacy 2 Duplex', 2],
      ['evolis', 'tcp', 'Primacy 2 Duplex', 2],
      ['magicard', 'tcp', 'Enduro Duo', 0],
    ]);
    expect(silent).toMatchObject([{ settings: { link: { port: 1 } }, fault: { code: 'PRN-OFFLINE' } }]);
  });

  test('as nodes by what the system knows of them', async () => {
    await using folder = await temporaryFolder('nodes');
    for (const [name, id] of [['lp0', '\x00\x40MFG:Evolis;CMD:;MDL:Primacy 2;CLS:PRINTER;SN:10000251;'], ['lp1', 'MANUFACTURER:Magicard;MODEL:Enduro;']] as const) {
      await mkdir(join(folder.path, name, 'device'), { recursive: true });
      await writeFile(join(folder.path, name, 'device', 'ieee1284_id'), id, 'latin1');
    }
    await mkdir(join(folder.path, 'lp2', 'device'), { recursive: true });
    await mkdir(join(folder.path, 'other'));
    expect(await listPrinterNodes({ classDir: folder.path, deviceDir: '/dev/usb' })).toEqual([
      { path: '/dev/usb/lp0', maker: 'Evolis', model: 'Primacy 2', serial: '10000251' },
      { path: '/dev/usb/lp1', maker: 'Magicard', model: 'Enduro', serial: '' },
    ]);
    expect(await listPrinterNodes({ classDir: join(folder.path, 'nothing') })).toEqual([]);
    expect(parsePrinterId('')).toEqual({ maker: '', model: '', serial: '' });
  });
});
