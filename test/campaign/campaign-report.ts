import type { PieceVerdict } from './history-checker.ts';
import { sumCounts, type PieceSummary } from './piece-summary.ts';

/** What a campaign of full size is made of. */
export const fullSize = { orders: 10_000, faults: 2_000 };

/** The report of all pieces that were kept: figures of what was run, and what they mean. */
export function campaignReport(pieces: readonly PieceSummary[]): string {
  const orders = sum(pieces, (piece) => piece.orders);
  const faults = sum(pieces, (piece) => piece.faults);
  const violations = pieces.flatMap(({ seed, piece, verdict }) => verdict.violations.map((text) => `seed ${seed}, piece ${piece}: ${text}`));
  return [
    '# The campaign',
    '',
    'Two whole stations on one Redis make cards over the real wires while everything around them dies; afterwards the papers are judged: the journals, the',
    'machines\' own accounts of plastic, the cards in the trays with what is on their chips, and the portal\'s mailbox. The sum of the pieces under `pieces/`, made by',
    '`npm run campaign -- sum`; each piece is made by `npm run campaign -- --seed SEED --piece PIECE`. The same seed deals the same faults at the same records, as far as the computer is as fast.',
    '',
    'Stations work as `batch`: both know all orders and run them as a batch does; or as `site`: as daemons, each of which takes in its part of the orders and shares them, remakes',
    'scrapped cards where one is free, and lets express orders cut in.',
    '',
    '## Size',
    '',
    `**${orders} orders of the ${fullSize.orders} and ${faults} faults of the ${fullSize.faults}** that a campaign of full size has, in ${pieces.length} pieces and ${minutes(sum(pieces, ({ seconds }) => seconds))} minutes.`,
    '`npm run campaign -- --resume` goes on with the first piece that is not at its full size; every piece ends after 40 minutes at most, and one that was broken off goes on where it was.',
    '',
    ...pieceTable(pieces),
    '## What became of the orders',
    '',
    ...verdictTable(pieces),
    ...table('Faults dealt', 'fault', sumCounts(pieces.map(({ faultsByName }) => faultsByName))),
    ...table('The last record before a fault', 'record', sumCounts(pieces.map(({ faultsAfter }) => faultsAfter))),
    ...fallTable(pieces),
    '## Verdict',
    '',
    ...(violations.length === 0 ? ['Invariants I1 to I13: no violation. 0 duplicates, 0 lost, 0 mix-ups.'] : violations.map((violation) => `- ${violation}`)),
    '',
    ruleOfThree(violations.length, orders, faults),
    '',
    ...reservations(pieces, orders, faults),
  ].join('\n');
}

function sum(pieces: readonly PieceSummary[], of: (piece: PieceSummary) => number): number {
  return pieces.reduce((total, piece) => total + of(piece), 0);
}

function minutes(seconds: number): string {
  return (seconds / 60).toFixed(1);
}

function pieceTable(pieces: readonly PieceSummary[]): readonly string[] {
  return [
    '| seed | piece | Redis dies by | stations work as | orders | taken back | faults | starts of stations | minutes | slowest end after the last fault | violations |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...pieces.map((piece) => `| ${[piece.seed, piece.piece, piece.redisDeath, piece.work, piece.orders, piece.withdrawn, piece.faults, piece.starts, minutes(piece.seconds), `${piece.slowestEndSeconds} s`, piece.verdict.violations.length].join(' | ')} |`),
    '',
  ];
}

/** Columns of what became of orders and blanks, in words. */
const columns: readonly (readonly [string, Exclude<keyof PieceVerdict, 'violations'>])[] = [
  ['finished', 'finished'], ['held for a person', 'held'], ['refused', 'refused'], ['taken back untouched', 'untouched'], ['attempts', 'attempts'],
  ['blanks fed', 'fed'], ['good', 'good'], ['rejected', 'rejected'], ['taken by hand', 'byHand'], ['holds', 'holds'], ['records', 'records'],
  ['records without Redis', 'recordsWithoutRedis'], ['tags read in the trays', 'tagsRead'], ['certificates read from chips', 'certificatesRead'], ['messages of the portal', 'messages'], ['batches whose fence counter was read', 'fencesRead'],
];

function verdictTable(pieces: readonly PieceSummary[]): readonly string[] {
  return ['| what | how many |', '| --- | --- |', ...columns.map(([name, key]) => `| ${name} | ${sum(pieces, ({ verdict }) => verdict[key])} |`), ''];
}

function table(title: string, what: string, counts: Readonly<Record<string, number>>): readonly string[] {
  return [`## ${title}`, '', `| ${what} | times |`, '| --- | --- |', ...Object.entries(counts).map(([name, times]) => `| ${name} | ${times} |`), ''];
}

function fallTable(pieces: readonly PieceSummary[]): readonly string[] {
  const falls = sumCounts(pieces.map((piece) => piece.falls));
  if (Object.keys(falls).length === 0) return ['No station ended by itself.', ''];
  return [...table('Stations that ended by themselves', 'what it said last', falls), 'A station that cannot keep its promises ends, and its service manager starts it again.', ''];
}

/** What these pieces did not show, so that nobody reads more into them. */
function reservations(pieces: readonly PieceSummary[], orders: number, faults: number): readonly string[] {
  const names = Object.keys(sumCounts(pieces.map(({ faultsByName }) => faultsByName)));
  const isShort = faults < fullSize.faults || orders < fullSize.orders;
  const missing = [
    isShort ? `It is ${share(orders, fullSize.orders)} of the orders and ${share(faults, fullSize.faults)} of the faults of a campaign of full size.` : '',
    pieces.every(({ verdict }) => verdict.recordsWithoutRedis === 0) ? 'No record fell into a time without Redis: that recovery needs none (I10) was not witnessed here.' : '',
    names.some((name) => name.startsWith('Redis power cut')) && !names.some((name) => name.includes('lost)')) ? 'No power cut of Redis met writes that were not synced yet: the loss of the last second was not witnessed here.' : '',
    names.includes('reader process killed') ? '' : 'No reader process was killed while it had a card: that draw found none each time.',
    "A power cut under everysec is modelled: the server runs as the product demands (always), and loses its log's last second when it is killed.",
    'Printers, cards and readers are simulated; pcscd, Redis, the network and the processes are real.',
    'The pieces ran on the program as it was on their day; what was mended between them stands in `README.md`.',
  ].filter((text) => text !== '');
  return ['## What it does not show', '', ...missing.map((text) => `- ${text}`), ''];
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

/** What no failure in so many trials means: with 95 % confidence the rate is below 3 / n. */
function ruleOfThree(failures: number, orders: number, faults: number): string {
  if (failures > 0) return 'The violations above must be explained and mended before these figures mean anything.';
  const below = (trials: number): string => (trials === 0 ? 'unknown' : `below ${(300 / trials).toPrecision(2)} %`);
  return `No failure in ${faults} faults means, by the rule of three and with 95 % confidence: the chance that a fault of these kinds makes a duplicate, a loss or a mix-up is ${below(faults)}; that an order in such a storm does, ${below(orders)}.`;
}
