import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CardImage } from '../drivers/contracts/card-image.ts';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { PrinterDescription } from '../drivers/contracts/printer.ts';
import { openPrinter } from '../drivers/open-printer.ts';
import { openSqliteJournal } from '../queue/journal/sqlite-journal.ts';
import { stockholmDay } from '../queue/order/calendar.ts';
import { cardGrid } from '../templates/compile/card-grid.ts';
import { chartSide, chartSteps } from '../templates/panels/colour-chart.ts';
import { readChartPicture } from '../templates/panels/read-chart-picture.ts';
import type { ColourTable } from '../templates/schema/colour-table.ts';
import { makeOwnFolder } from './config/own-folder.ts';
import { readStationConfig } from './config/read-config.ts';

const PRINT_TIMEOUT_MS = 300_000;

/**
 * Prints the colour chart on a blank of the bench, through no conversion, and puts it out. The journal is held meanwhile, so that no
 * station works there at the same time. Throws `JRN-IN-USE`, and what the printer throws.
 */
export async function printColourChart(configFile: string, clock: Clock, signal: AbortSignal): Promise<PrinterDescription> {
  const { bench, dataDir } = await readStationConfig(configFile);
  const limit: Wait = { signal, timeoutMs: PRINT_TIMEOUT_MS };
  await using opened = new DisposalStack();
  await makeOwnFolder(dataDir);
  opened.use(openSqliteJournal({ path: join(dataDir, 'journal.sqlite'), clock }));
  const printer = opened.use(await openPrinter(bench.printer, clock, limit));
  const description = await printer.describe(limit);
  const [station] = description.stations;
  const chart: CardImage = { front: chartSide(cardGrid(description)), digest: '' };
  await printer.prepare(limit);
  if (station === undefined) await printer.print(chart, limit);
  else {
    await printer.feed(station, limit);
    await printer.print(chart, limit);
    await printer.eject('output', limit);
  }
  return description;
}

/** What is written of a measurement beside its colours. */
export type Measurement = Pick<ColourTable, 'printer' | 'ribbon'>;

/** Measures a picture of the printed chart and writes the table into a new file. Throws `CFG-INVALID` for a picture that is none of it, `CLI-USAGE` for a file that exists. */
export async function measureColourChart(picture: string, measurement: Measurement, outFile: string, clock: Clock): Promise<ColourTable> {
  const table: ColourTable = { kind: 'kortverk-colour-table', ...measurement, measured: stockholmDay(clock.now()), steps: [...chartSteps], colours: await readChartPicture(picture) };
  await writeFile(outFile, `${JSON.stringify(table)}\n`, { flag: 'wx' }).catch((error: unknown) => {
    throw new StationFault('CLI-USAGE', { note: `${outFile} cannot be created` }, error);
  });
  return table;
}
