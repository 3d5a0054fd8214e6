/** What a Magicard says of itself: its answer to `REQ,INF` (printers.md 4). Numbers are decimal. */
export interface MagicardStatus {
  /** Bit 0 duplex, bit 1 magnetic, bit 5 Pronto type. */
  readonly modelBits: number;
  readonly model: string;
  readonly headType: string;
  readonly serial: string;
  readonly headSerial: string;
  readonly boardSerial: string;
  readonly firmware: string;
  readonly boardVersion: string;
  readonly handFeed: boolean;
  readonly totalCards: number;
  readonly cardsOnHead: number;
  readonly panels: number;
  readonly cleanings: number;
  readonly panelsSinceClean: number;
  readonly cardsSinceClean: number;
  readonly cardsBetweenCleans: number;
  readonly headPosition: number;
  readonly imageStart: number;
  readonly imageEnd: number;
  /** 0 and 0 when nothing is wrong; no public text tells what other numbers mean. */
  readonly majorError: number;
  readonly minorError: number;
  readonly filmTag: string;
  readonly filmTotalShots: number;
  readonly filmUsedShots: number;
  readonly filmName: string;
  readonly colourLengthMm: number;
  readonly blackLengthMm: number;
  readonly overcoatLengthMm: number;
  readonly filmFlags: number;
  readonly commandCode: number;
  readonly date: string;
  readonly ribbonMaker: string;
  readonly tagProgrammer: string;
}

export const duplexModelBit = 1;

type FieldForm = 'text' | 'number' | 'flag';

/** The fields in the order in which they stand in the answer. */
const order: readonly (readonly [keyof MagicardStatus, FieldForm])[] = [
  ['modelBits', 'number'], ['model', 'text'], ['headType', 'text'], ['serial', 'text'], ['headSerial', 'text'], ['boardSerial', 'text'],
  ['firmware', 'text'], ['boardVersion', 'text'], ['handFeed', 'flag'], ['totalCards', 'number'], ['cardsOnHead', 'number'], ['panels', 'number'],
  ['cleanings', 'number'], ['panelsSinceClean', 'number'], ['cardsSinceClean', 'number'], ['cardsBetweenCleans', 'number'],
  ['headPosition', 'number'], ['imageStart', 'number'], ['imageEnd', 'number'], ['majorError', 'number'], ['minorError', 'number'],
  ['filmTag', 'text'], ['filmTotalShots', 'number'], ['filmUsedShots', 'number'], ['filmName', 'text'], ['colourLengthMm', 'number'],
  ['blackLengthMm', 'number'], ['overcoatLengthMm', 'number'], ['filmFlags', 'number'], ['commandCode', 'number'], ['date', 'text'],
  ['ribbonMaker', 'text'], ['tagProgrammer', 'text'],
];

const head = '\x01STA$$';
const longestStatus = 4096;

/** The bytes of a status answer: 01 `STA$$`, fields that each end with a comma, 03. */
export function writeStatus(status: MagicardStatus): Uint8Array {
  const fields = order.map(([name, form]) => (form === 'flag' ? (status[name] === true ? '1' : '0') : String(status[name]).replaceAll(/[^ -+\--9;-~]/g, ' ')));
  return Buffer.from(`${head}${fields.map((field) => `${field},`).join('')}\x03`, 'latin1');
}

export type StatusProgress =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'status'; readonly status: MagicardStatus; readonly rest: Uint8Array }
  | { readonly kind: 'garbage'; readonly reason: string };

/** Looks for one status answer in everything that came since the question. Fields end with a comma or a colon. */
export function readStatus(bytes: Uint8Array): StatusProgress {
  const text = Buffer.from(bytes.subarray(0, longestStatus)).toString('latin1');
  if (!head.startsWith(text.slice(0, head.length)) && !text.startsWith(head)) return { kind: 'garbage', reason: 'no status answer' };
  const end = text.indexOf('\x03');
  if (end < 0) return bytes.length >= longestStatus ? { kind: 'garbage', reason: 'status without end' } : { kind: 'incomplete' };
  const fields = text.slice(head.length, end).split(/[,:]/);
  if (fields.length < order.length) return { kind: 'garbage', reason: `status with ${String(fields.length)} fields` };
  const values: Record<string, string | number | boolean> = {};
  for (const [index, [name, form]] of order.entries()) {
    const value = (fields[index] ?? '').trim();
    if (form !== 'text' && !/^-?\d{1,10}$/.test(value)) return { kind: 'garbage', reason: `${name} is no number` };
    values[name] = form === 'text' ? value : form === 'flag' ? value === '1' : Number(value);
  }
  return { kind: 'status', status: values as unknown as MagicardStatus, rest: bytes.subarray(end + 1) };
}
