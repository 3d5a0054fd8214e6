import { readBmp } from '../../drivers/codec/bmp.ts';
import type { EvolisCommand } from '../../drivers/codec/evolis-frame.ts';
import { rasterSize } from '../../drivers/codec/evolis-geometry.ts';
import { encodePanel } from '../../drivers/codec/evolis-panel.ts';
import { cardRasters, type CardRaster } from '../../drivers/contracts/card-raster.ts';

export type EspfFace = 'front' | 'back';
export type EspfPanel = 'color' | 'resin' | 'varnish';

/** A print session: keys that were set, and pictures by face and panel. */
export interface EspfJob {
  readonly settings: ReadonlyMap<string, string>;
  readonly pictures: ReadonlyMap<`${EspfFace} ${EspfPanel}`, Uint8Array>;
}

export const emptyJob: EspfJob = { settings: new Map(), pictures: new Map() };

const ribbonOf: Readonly<Record<string, string>> = {
  RC_YMCKO: 'ymcko',
  RC_YMCKOS: 'ymckos',
  RC_YMCKOK: 'ymckok',
  RM_KO: 'ko',
  RM_KBLACK: 'k',
};

const onOff = /^(ON|OFF)$/;
const step = /^VAL([1-9]|1\d|20)$/;
const halftoning = /^(THRESHOLD|FLOYD|DITHERING|CLUSTERED_DITHERING)$/;
const overlay = /^(NOVARNISH|FULLVARNISH|BMPVARNISH)$/;
const black = /^(NOBLACKPOINT|ALLBLACKPOINT|TEXTINBLACK)$/;

/** The print keys and what they take (printers.md 3). */
const keys: Readonly<Record<string, RegExp>> = {
  GRibbonType: /^(RC_YMCKO|RC_YMCKOS|RC_YMCKOK|RC_YMCKOKOS|RM_KO|RM_KBLACK)$/,
  GDuplexMode: /^(SIMPLEX|DUPLEX_(CC|CM|MC|MM))$/,
  GDuplexType: /^(SIMPLEX|DUPLEX_(CC|CM|MC|MM))$/,
  GInputTray: /^(FEEDER|AUTO|MANUAL|PRINTER)$/,
  GOutputTray: /^(HOPPER|REAR|PRINTER)$/,
  GRejectBox: /^[A-Z0-9]{1,20}$/,
  FOverlayManagement: overlay,
  BOverlayManagement: overlay,
  FBlackManagement: black,
  BBlackManagement: black,
  FColorBrightness: step,
  BColorBrightness: step,
  FColorContrast: step,
  BColorContrast: step,
  FHalftoning: halftoning,
  BHalftoning: halftoning,
  FPageRotate180: onOff,
  BPageRotate180: onOff,
  Resolution: /^DPI(300260|300|600300|600|1200300)$/,
  GMagCoercivity: /^(LOCO|HICO|OFF)$/,
  GMagT1Encoding: /^(ISO[123]|SIPASS|C2|JIS2|C4|NONE)$/,
  GMagT2Encoding: /^(ISO[123]|SIPASS|C2|JIS2|C4|NONE)$/,
  GMagT3Encoding: /^(ISO[123]|SIPASS|C2|JIS2|C4|NONE)$/,
  Track1Data: /^[ -~]{0,76}$/,
  Track2Data: /^[ -~]{0,37}$/,
  Track3Data: /^[ -~]{0,104}$/,
  RawData: /^.{0,10000}$/,
};

/** Whether a print key exists and takes this value. */
export function isPrintSetting(key: string, value: string): boolean {
  return Object.hasOwn(keys, key) && keys[key]?.test(value) === true;
}

const command = (name: string, ...params: string[]): EvolisCommand => ({ name, params });

/** The resolutions that the simulated printers have, of those the service names. */
const rasters: Readonly<Record<string, CardRaster>> = { DPI300: cardRasters['300'], DPI600300: cardRasters['600x300'], DPI600: cardRasters['600'] };

/** The raster of a job on a printer, its own unless the job names one; null when the printer does not have it. A head of 300 dpi can have its lines twice as close. */
export function jobRaster(job: EspfJob, own: CardRaster): CardRaster | null {
  const named = job.settings.get('Resolution');
  if (named === undefined) return own;
  const raster = rasters[named];
  return raster !== undefined && (raster === own || raster.heightDots === own.heightDots) ? raster : null;
}

/** What a job comes to in the escape language; a text says why it cannot be printed. Pure. */
export function jobCommands(job: EspfJob, raster: CardRaster): readonly EvolisCommand[] | string {
  const ribbon = ribbonOf[job.settings.get('GRibbonType') ?? 'RC_YMCKO'];
  if (ribbon === undefined) return 'ribbon not supported';
  const front = sideCommands(job, 'front', raster);
  const back = sideCommands(job, 'back', raster);
  if (typeof front === 'string') return front;
  if (typeof back === 'string') return back;
  const duplex = job.settings.get('GDuplexType') ?? job.settings.get('GDuplexMode') ?? (back.length > 0 ? 'DUPLEX_CC' : 'SIMPLEX');
  if (front.length === 0 && back.length === 0) return 'no bitmap';
  const keep = job.settings.get('GOutputTray') === 'PRINTER' ? 'D' : 'E';
  return [
    command('Psoe', keep), command('Pr', ribbon), command('Ss'), command('Sr'), ...front,
    ...(duplex !== 'SIMPLEX' && back.length > 0 ? [command('Sv'), ...back] : []), command('Se'),
  ];
}

function sideCommands(job: EspfJob, face: EspfFace, raster: CardRaster): readonly EvolisCommand[] | string {
  const commands: EvolisCommand[] = [];
  for (const panel of ['color', 'resin', 'varnish'] as const) {
    const data = job.pictures.get(`${face} ${panel}`);
    if (data === undefined) continue;
    const picture = readBmp(data);
    if (picture?.widthDots !== raster.widthDots || picture.heightDots !== raster.heightDots) return 'bitmap not supported';
    commands.push(...panelCommands(panel, picture.rgb, raster));
  }
  const varnish = job.settings.get(face === 'front' ? 'FOverlayManagement' : 'BOverlayManagement');
  const dots = raster.widthDots * raster.heightDots;
  return varnish === 'FULLVARNISH' ? [...commands.filter(({ params }) => params[0] !== 'o'), encodePanel('o', new Uint8Array(dots).fill(1), 128, rasterSize(raster))] : commands;
}

/** Colour becomes its complement in three dyes; dark dots of resin and varnish are laid. */
function panelCommands(panel: EspfPanel, rgb: Uint8Array, raster: CardRaster): readonly EvolisCommand[] {
  const size = rasterSize(raster);
  const channel = (offset: number): Uint8Array => Uint8Array.from({ length: rgb.length / 3 }, (_, dot) => 255 - (rgb[dot * 3 + offset] ?? 0));
  if (panel === 'color') return [encodePanel('y', channel(2), 128, size), encodePanel('m', channel(1), 128, size), encodePanel('c', channel(0), 128, size)];
  return [encodePanel(panel === 'resin' ? 'k' : 'o', channel(1).map((dark) => (dark > 127 ? 1 : 0)), 128, size)];
}
