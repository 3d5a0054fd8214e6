import { join } from 'node:path';
import { calibrationOf } from '../drivers/contracts/printer-calibration.ts';
import type { PrinterDescription } from '../drivers/contracts/printer.ts';
import { openConversion } from '../templates/panels/open-conversion.ts';
import { openRenderer, type CardRenderer } from '../templates/render/card-renderer.ts';
import type { StationConfig } from './config/station-config.ts';

/**
 * Opens the renderer for the printer that answers: its raster, and the dyes and sharpening of the calibration of its serial number. Throws
 * `TPL-FONT`, `TPL-INVALID`, `CFG-INVALID` for colour files that cannot be used, `PRN-CAPABILITY` for a raster that no card is drawn for.
 */
export async function openPrinterRenderer({ bench, dataDir }: Pick<StationConfig, 'bench' | 'dataDir'>, { serial, widthDots, heightDots }: PrinterDescription): Promise<CardRenderer> {
  const calibration = calibrationOf(bench.printer.calibrations, serial);
  return openRenderer({
    cacheDir: join(dataDir, 'cache'),
    raster: { widthDots, heightDots },
    conversion: await openConversion(calibration?.colour),
    ...(calibration?.sharpeningPercent === undefined ? {} : { sharpeningPercent: calibration.sharpeningPercent }),
  });
}
