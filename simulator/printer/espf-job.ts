import { readBmp } from '../../drivers/codec/bmp.ts';
import type { EvolisCommand } from '../../drivers/codec/evolis-frame.ts';
import { evolis300Dpi } from '../../drivers/codec/evolis-geometry.ts';
import { encodePanel } from '../../drivers/codec/evolis-panel.ts';

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
  Resolution: /^DPI(300|600300|1200300)$/,
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

/** What a job comes to in the escape language; a text says why it cannot be printed. Pure. */
export function jobCommands(job: EspfJob): readonly EvolisCommand[] | string {
  const ribbon = ribbonOf[job.settings.get('GRibbonType') ?? 'RC_YMCKO'];
  if (ribbon === undefined) return 'ribbon not supported';
  const front = sideCommands(job, 'front');
  const back = sideCommands(job, 'back');
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

function sideCommands(job: EspfJob, face: EspfFace): readonly EvolisCommand[] | string {
  const commands: EvolisCommand[] = [];
  for (const panel of ['color', 'resin', 'varnish'] as const) {
    const data = job.pictures.get(`${face} ${panel}`);
    if (data === undefined) continue;
    const picture = readBmp(data);
    if (picture?.widthDots !== evolis300Dpi.lines || picture.heightDots !== evolis300Dpi.dotsPerLine) return 'bitmap not supported';
    commands.push(...panelCommands(panel, picture.rgb));
  }
  const varnish = job.settings.get(face === 'front' ? 'FOverlayManagement' : 'BOverlayManagement');
  const dots = evolis300Dpi.lines * evolis300Dpi.dotsPerLine;
  return varnish === 'FULLVARNISH' ? [...commands.filter(({ params }) => params[0] !== 'o'), encodePanel('o', new Uint8Array(dots).fill(1), 128)] : commands;
}

/** Colour becomes its complement in three dyes; dark dots of resin and varnish are laid. */
function panelCommands(panel: EspfPanel, rgb: Uint8Array): readonly EvolisCommand[] {
  const channel = (offset: number): Uint8Array => Uint8Array.from({ length: rgb.length / 3 }, (_, dot) => 255 - (rgb[dot * 3 + offset] ?? 0));
  if (panel === 'color') return [encodePanel('y', channel(2), 128), encodePanel('m', channel(1), 128), encodePanel('c', channel(0), 128)];
  return [encodePanel(panel === 'resin' ? 'k' : 'o', channel(1).map((dark) => (dark > 127 ? 1 : 0)), 128)];
}
