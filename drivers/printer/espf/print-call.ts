import { writeBmp } from '../../codec/bmp.ts';
import { writeBinary, writeSettings } from '../../codec/espf-message.ts';
import type { CardImage, SideImage } from '../../contracts/card-image.ts';
import { cardRasters, resolutionOf, type CardRaster, type Resolution } from '../../contracts/card-raster.ts';
import { StationFault, type FaultCode } from '../../contracts/fault.ts';

/** The pictures and keys of one print session. */
export interface PrintCall {
  readonly settings: string;
  readonly bitmaps: readonly { readonly face: 'front' | 'back'; readonly panel: 'color' | 'resin' | 'varnish'; readonly data: string }[];
}

/** The service's names of resolutions (evosettings_keys.h of the vendor's SDK). */
const resolutionKeys: Readonly<Record<Resolution, string>> = { '300': 'DPI300', '600x300': 'DPI600300', '600': 'DPI600' };

const ribbonKeys: Readonly<Record<string, string>> = { ymcko: 'RC_YMCKO', ymckok: 'RC_YMCKOK', ko: 'RM_KO', k: 'RM_KBLACK' };

/**
 * What is handed to the service for one card. Pure. The card stays inside; black comes from the K panel alone, never from
 * the colour picture. Throws `PRN-CAPABILITY` for a side of another size, and for one with some but not all dyes: the
 * service separates a colour picture itself.
 */
export function planPrintCall(image: CardImage, ribbon: string, raster: CardRaster = cardRasters['300']): PrintCall {
  const { back } = image;
  const bitmaps = [...sideBitmaps('front', image.front, raster), ...(back === undefined ? [] : sideBitmaps('back', back, raster))];
  const kind = (side: SideImage): string => (side.y === undefined ? 'M' : 'C');
  const settings = {
    GRibbonType: ribbonKeys[ribbon] ?? 'RC_YMCKO',
    GDuplexType: back === undefined ? 'SIMPLEX' : `DUPLEX_${kind(image.front)}${kind(back)}`,
    GInputTray: 'PRINTER',
    GOutputTray: 'PRINTER',
    FBlackManagement: 'NOBLACKPOINT',
    FOverlayManagement: image.front.overlay === undefined ? 'NOVARNISH' : 'BMPVARNISH',
    ...(back === undefined ? {} : { BBlackManagement: 'NOBLACKPOINT', BOverlayManagement: back.overlay === undefined ? 'NOVARNISH' : 'BMPVARNISH' }),
    Resolution: resolutionKeys[resolutionOf(raster) ?? '300'],
  };
  return { settings: writeSettings(settings), bitmaps };
}

function sideBitmaps(face: 'front' | 'back', side: SideImage, raster: CardRaster): PrintCall['bitmaps'] {
  checkSide(side, raster);
  const dots = side.widthDots * side.heightDots;
  const bitmap = (panel: PrintCall['bitmaps'][number]['panel'], red: (dot: number) => number, green = red, blue = red): PrintCall['bitmaps'] => {
    const rgb = new Uint8Array(dots * 3);
    for (let dot = 0; dot < dots; dot += 1) {
      rgb[dot * 3] = red(dot);
      rgb[dot * 3 + 1] = green(dot);
      rgb[dot * 3 + 2] = blue(dot);
    }
    return [{ face, panel, data: writeBinary(writeBmp({ widthDots: side.widthDots, heightDots: side.heightDots, rgb })) }];
  };
  const { y, m, c, k, overlay } = side;
  const ink = (panel: Uint8Array | undefined) => (dot: number) => 255 - (panel?.[dot] ?? 0);
  const mark = (panel: Uint8Array) => (dot: number) => ((panel[dot] ?? 0) === 0 ? 255 : 0);
  return [
    ...(y === undefined ? [] : bitmap('color', ink(c), ink(m), ink(y))),
    ...(k === undefined ? [] : bitmap('resin', mark(k))),
    ...(overlay === undefined ? [] : bitmap('varnish', mark(overlay))),
  ];
}

function checkSide(side: SideImage, { widthDots, heightDots }: CardRaster): void {
  const refuse = (note: string): never => { throw new StationFault('PRN-CAPABILITY', { note }); };
  if (side.widthDots !== widthDots || side.heightDots !== heightDots) refuse(`a side of ${String(side.widthDots)} x ${String(side.heightDots)} dots`);
  for (const ink of ['y', 'm', 'c', 'k', 'overlay'] as const) if (side[ink] !== undefined && side[ink].length !== widthDots * heightDots) refuse(`panel ${ink} has ${String(side[ink].length)} dots`);
  const dyes = [side.y, side.m, side.c].filter((dye) => dye !== undefined).length;
  if (dyes !== 0 && dyes !== 3) refuse('some dyes without the others');
}

/** What the service's events mean here (printers.md 2.7: warnings begin with DEF, errors with ERR). */
const eventCodes: Readonly<Record<string, FaultCode>> = {
  COVER_OPEN: 'PRN-COVER-OPEN',
  FEEDER_EMPTY: 'PRN-FEEDER-EMPTY',
  FEEDER_ERROR: 'PRN-FEEDER-EMPTY',
  NO_RIBBON: 'PRN-RIBBON-WRONG',
  BAD_RIBBON: 'PRN-RIBBON-WRONG',
  UNSUPPORTED_RIBBON: 'PRN-RIBBON-WRONG',
  RIBBON_ERROR: 'PRN-RIBBON-WRONG',
  RIBBON_ENDED: 'PRN-RIBBON-END',
  HOPPER_FULL: 'PRN-OUTPUT-FULL',
  REJECT_BOX_FULL: 'PRN-REJECT-FULL',
  MECHANICAL: 'PRN-JAM',
  HEAD_TEMP: 'PRN-TEMPERATURE',
  COOLING: 'PRN-TEMPERATURE',
  CLEANING: 'PRN-CLEANING-OVERDUE',
};

/** An event of the service: its name, and whether it waits for an answer. */
export function readEvent(text: string): { readonly name: string; readonly actions: readonly string[] } | null {
  const [name = '', actions = ''] = text.trim().split(':');
  return name === '' || name === 'NONE' ? null : { name, actions: actions === '' ? [] : actions.split(',') };
}

/** The fault of an event that stopped a job. */
export function eventFault(name: string): StationFault {
  const code = eventCodes[name.replace(/^(DEF|ERR)_/, '')] ?? 'PRN-UNKNOWN';
  return new StationFault(code, { note: `the service tells ${name.slice(0, 40)}`, data: { event: name.slice(0, 40) } });
}
