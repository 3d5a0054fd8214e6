import { planeLength, planeOrder, type MagicardPlane } from './magicard-raster.ts';

/** Characters of the language (printers.md 4). */
export const magicard = { lead: 0x05, start: 0x01, separator: 0x1c, end: 0x03, comma: 0x2c } as const;

/** One side of a job: header fields in their order, and the planes that they announce. */
export interface MagicardSide {
  readonly fields: readonly string[];
  readonly planes: Readonly<Partial<Record<MagicardPlane, Uint8Array>>>;
}

/** What a side's header says beyond its planes. */
export interface MagicardSideSettings {
  readonly page: 1 | 2;
  readonly duplex: boolean;
  /** Whether the other side of a duplex card has colour. */
  readonly backInColour: boolean;
  readonly overcoat: boolean;
  /** Time of the job in Unix seconds. */
  readonly unixSeconds: number;
  /** The firmware text of the printer's status answer, which the vendor's filter repeats. */
  readonly firmware: string;
}

const leadBytes = 64;

/** The header fields that the vendor's filter sends for an Enduro, in its order and with its values. */
export function sideFields(settings: MagicardSideSettings, planes: MagicardSide['planes']): readonly string[] {
  const letters = planeOrder.filter((plane) => planes[plane] !== undefined);
  const time = (settings.unixSeconds >>> 0).toString(16).toUpperCase().padStart(8, '0');
  return [
    'NOC1', `VER${settings.firmware}`, 'LANENG', `TDT${time}`, 'RSPDEF', 'COEH', 'KGE2',
    ...(settings.duplex ? ['DPXON', settings.backInColour ? 'BACC' : 'BACK'] : ['DPXOFF']),
    `PAG${String(settings.page)}`, `IMF${letters.join('')}`, 'XCO0', 'YCO0', 'WID1016', 'HGT642',
    settings.overcoat ? 'OVRON' : 'OVROFF', 'NNNOFF', 'USFON', 'HKT1', 'CKION', 'HKMFFFFFF', 'TRO0', 'PCT0,0,1015,641', 'ICC3', 'CPW50', 'DDD50',
    ...letters.map((plane) => `SZ${plane}${String(planeLength(plane))}`),
    ...(settings.page === 2 ? ['BSO'] : []),
  ];
}

/** The bytes of a job of one or two sides: 64 times 05, and for each side 01, fields, 1C, planes with their marks, 03. */
export function writeJob(sides: readonly MagicardSide[]): Uint8Array {
  return Buffer.concat(sides.flatMap((side) => [
    Buffer.alloc(leadBytes, magicard.lead),
    Buffer.from(`\x01,${side.fields.join(',')}\x1c`, 'latin1'),
    ...planeOrder.flatMap((plane) => {
      const data = side.planes[plane];
      return data === undefined ? [] : [data, Buffer.from(`\x1c${plane}:`, 'latin1')];
    }),
    Buffer.from([magicard.end]),
  ]));
}

/** The question for the whole status: 01 `,REQ,INF,` 1C 03. */
export const statusRequest: Uint8Array = Buffer.from('\x01,REQ,INF,\x1c\x03', 'latin1');

/** An acting command such as `EJT,`: nine times 05, 01, the text, 1C 03. */
export function writeMagicardCommand(text: string): Uint8Array {
  return Buffer.from(`${'\x05'.repeat(9)}\x01${text}\x1c\x03`, 'latin1');
}

/** Header names whose value holds commas, and how many values they take. */
const severalValues: readonly { readonly name: string; readonly values: number }[] = [{ name: 'PCT', values: 4 }, { name: 'NCT', values: 4 }];

/** Splits a header at its commas; fields that take several values keep theirs. */
export function splitFields(text: string): readonly string[] {
  const parts = text.split(',');
  const fields: string[] = [];
  while (parts.length > 0) {
    const [first = ''] = parts;
    const taken = severalValues.find(({ name }) => first.startsWith(name))?.values ?? 1;
    fields.push(parts.splice(0, taken).join(','));
  }
  return fields;
}

/** The value of a header field, or null when it is not there. */
export function fieldValue(fields: readonly string[], name: string): string | null {
  return fields.find((field) => field.startsWith(name))?.slice(name.length) ?? null;
}
