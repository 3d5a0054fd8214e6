import { compressDye, expandDye } from './evolis-compress-dye.ts';
import { compressRecords, expandRecords } from './evolis-compress-records.ts';
import type { EvolisCommand } from './evolis-frame.ts';
import { evolis300Dpi, isEvolisPanel, packedLength, parseLevels, type EvolisLevels, type EvolisPanel, type RasterSize } from './evolis-geometry.ts';
import { dyeValues, levelValues, markValues, packDots, toLines, toUpright, unpackDots } from './evolis-raster.ts';

/**
 * The download command of one panel. `upright` has one byte a dot, rows from the top: 0 to 255 for dyes, 0 or 1 for K and
 * overlay. K and overlay always go compressed, as in every captured job, even where that is 1 % longer; dyes go as the
 * shorter of both forms. No I/O.
 */
export function encodePanel(panel: EvolisPanel, upright: Uint8Array, dyeLevels: EvolisLevels, size: RasterSize = evolis300Dpi): EvolisCommand {
  if (panel === 'k' || panel === 'o') {
    const records = compressRecords(packDots(toLines(upright, size, markValues), 2), size);
    return compressedDownload(panel, 2, records);
  }
  if (dyeLevels === 2) return compressedDownload(panel, 2, compressRecords(packDots(toLines(upright, size, levelValues(2)), 2), size));
  const values = toLines(upright, size, levelValues(dyeLevels));
  const compressed = compressDye(values, size, dyeLevels);
  if (compressed.length < packedLength(size, dyeLevels)) return compressedDownload(panel, dyeLevels, compressed);
  return { name: 'Db', params: [panel, String(dyeLevels)], payload: packDots(values, dyeLevels) };
}

function compressedDownload(panel: EvolisPanel, levels: EvolisLevels, payload: Uint8Array): EvolisCommand {
  return { name: 'Dbc', params: [panel, String(levels), String(payload.length)], payload };
}

/** What a download brings: the panel and its dots, upright, 0 to 255 for dyes, 0 or 1 for K and overlay. */
export interface DecodedPanel {
  readonly panel: EvolisPanel;
  readonly dots: Uint8Array;
}

/** Decodes `Db` or `Dbc`; null when parameters or data do not make up exactly one panel of the field. No I/O. */
export function decodePanel(command: EvolisCommand, size: RasterSize = evolis300Dpi): DecodedPanel | null {
  const panel = command.params[0] ?? '';
  if (command.payload === undefined || !isEvolisPanel(panel)) return null;
  const levels = parseLevels(panel, command.params[1] ?? '');
  if (levels === null) return null;
  const values = command.name === 'Dbc' ? expandFrom(command, panel, command.payload, size, levels) : unpackDots(command.payload, size, levels);
  if (values === null) return null;
  return { panel, dots: panel === 'k' || panel === 'o' ? toUpright(values, size) : toUpright(values, size, dyeValues(levels)) };
}

/** The guide's second form of `Dbc` has a start line before the count: lines before it stay blank. */
function expandFrom({ params }: EvolisCommand, panel: EvolisPanel, data: Uint8Array, size: RasterSize, levels: EvolisLevels): Uint8Array | null {
  if (params.length === 3) return expandPanel(panel, data, size, levels);
  const startLine = Number(params[2]);
  const part = expandPanel(panel, data, { ...size, lines: size.lines - startLine }, levels);
  if (part === null) return null;
  const values = new Uint8Array(size.lines * size.dotsPerLine);
  values.set(part, startLine * size.dotsPerLine);
  return values;
}

function expandPanel(panel: EvolisPanel, data: Uint8Array, size: RasterSize, levels: EvolisLevels): Uint8Array | null {
  if (panel !== 'k' && panel !== 'o' && levels !== 2) return expandDye(data, size, levels);
  const packed = expandRecords(data, size);
  return packed === null ? null : unpackDots(packed, size, 2);
}
