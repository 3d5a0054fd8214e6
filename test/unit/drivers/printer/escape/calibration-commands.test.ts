import { describe, expect, test } from 'vitest';
import { openTcpPort } from '../../../../../drivers/channel/tcp-port.ts';
import { commandText } from '../../../../../drivers/codec/evolis-frame.ts';
import { systemClock } from '../../../../../drivers/contracts/clock.ts';
import type { PrinterCalibration } from '../../../../../drivers/contracts/printer-calibration.ts';
import { calibrationCommands } from '../../../../../drivers/printer/escape/calibration-commands.ts';
import { openEvolisPrinter } from '../../../../../drivers/printer/evolis/evolis-printer.ts';
import { openPrinterFront } from '../../../../../simulator/printer/printer-front.ts';
import { defaultModel, printerModel } from '../../../../../simulator/printer/printer-identity.ts';
import { patient, simulatedMechanics } from '../../../../support/simulated-printer.ts';

const measured: PrinterCalibration = { serial: '10000251', contrast: { y: 12, k: 9 }, brightness: { m: 8 }, offsetRightDots: 3, offsetDownDots: -4 };

test('a calibration becomes settings', () => {
  expect(calibrationCommands(measured).map(commandText)).toEqual(['Pc;y;=;12', 'Pc;k;=;9', 'Pl;m;=;8', 'Px;=;3', 'Py;=;0', 'Py;-;4']);
  expect(calibrationCommands({ ...measured, contrast: {}, brightness: {}, offsetRightDots: 0, offsetDownDots: 0 }).map(commandText)).toEqual(['Px;=;0', 'Py;=;0']);
});

describe('a printer is prepared', () => {
  const prepared = async (calibrations: readonly PrinterCalibration[]): Promise<readonly string[]> => {
    const sent: string[] = [];
    const { mechanics } = simulatedMechanics();
    await using front = await openPrinterFront({ mechanics, identity: printerModel(defaultModel), host: '127.0.0.1', port: 0, onCommand: (command, answer) => { sent.push(`${commandText(command)} ${String(answer)}`); } });
    await using printer = await openEvolisPrinter({ connect: async (limit) => openTcpPort({ host: front.host, port: front.port, clock: systemClock }, limit), clock: systemClock, calibrations }, patient());
    await printer.prepare(patient());
    return sent;
  };

  test('with what was measured of it', async () => {
    expect((await prepared([{ ...measured, serial: 'other', offsetRightDots: 9 }, measured])).slice(-6)).toEqual(['Pc;y;=;12 OK', 'Pc;k;=;9 OK', 'Pl;m;=;8 OK', 'Px;=;3 OK', 'Py;=;0 OK', 'Py;-;4 OK']);
  });

  test('and never with what was measured of another', async () => {
    expect(await prepared([{ ...measured, serial: 'other' }])).toEqual(['Pem;2 OK', 'Psoe;D OK', 'Pcim;F OK', 'Pcrm;D OK', 'Pps;0 OK', 'Rsn 10000251']);
    expect(await prepared([])).toEqual(['Pem;2 OK', 'Psoe;D OK', 'Pcim;F OK', 'Pcrm;D OK', 'Pps;0 OK']);
  });
});
