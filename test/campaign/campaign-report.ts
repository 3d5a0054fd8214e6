import type { PieceVerdict } from './history-checker.ts';
import { faultsOf, type PieceStory } from './run-piece.ts';

/** A piece and what its papers prove. */
export interface JudgedPiece {
  readonly story: PieceStory;
  readonly verdict: PieceVerdict;
}

/** What a campaign of full size is made of. */
const full = { orders: 10_000, faults: 2_000 };

/** The report of a campaign: figures of what was run, and what they mean. */
export function campaignReport(seed: number, pieces: readonly JudgedPiece[]): string {
  const sum = (of: (piece: JudgedPiece) => number): number => pieces.reduce((total, piece) => total + of(piece), 0);
  const orders = sum(({ story }) => story.batches.flatMap((batch) => batch.orderIds).length);
  const faults = sum(({ story }) => faultsOf(story));
  const violations = pieces.flatMap(({ verdict }) => verdict.violations);
  return [
    `# Campaign with seed ${seed}`,
    '',
    'Two whole stations on one Redis make cards over the real wires while everything around them dies; afterwards the',
    'papers are judged: the journals, the machines\' own accounts of plastic, the cards in the trays, the messages to the',
    'portal. Made by `npm run campaign`; the same seed deals the same faults, at moments that depend on the computer.',
    '',
    '## Size',
    '',
    `${orders} orders of the ${full.orders} and ${faults} faults of the ${full.faults} that a campaign of full size has, in ${pieces.length} pieces and ${minutes(sum(({ story }) => story.seconds))} minutes.`,
    '',
    '| piece | Redis dies by | orders | faults | starts of stations | minutes | slowest end after the last fault |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...pieces.map(({ story }) => `| ${story.piece} | ${story.redisDeath} | ${story.batches.flatMap((batch) => batch.orderIds).length} | ${faultsOf(story)} | ${story.starts} | ${minutes(story.seconds)} | ${Math.round(Math.max(0, ...story.batches.map((batch) => batch.settledAfterMs)) / 1000)} s |`),
    '',
    '## What became of the orders',
    '',
    '| finished | held for a person | refused | attempts | blanks fed | good | rejected | taken by hand | holds answered | records without Redis | tags read in the trays |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    `| ${[sum((p) => p.verdict.finished), sum((p) => p.verdict.held), sum((p) => p.verdict.refused), sum((p) => p.verdict.attempts), sum((p) => p.verdict.fed), sum((p) => p.verdict.good), sum((p) => p.verdict.rejected), sum((p) => p.verdict.byHand), sum((p) => p.verdict.holds), sum((p) => p.verdict.recordsWithoutRedis), sum((p) => p.verdict.tagsRead)].join(' | ')} |`,
    '',
    '## Faults dealt',
    '',
    '| fault | times |',
    '| --- | --- |',
    ...faultCounts(pieces).map(([name, times]) => `| ${name} | ${times} |`),
    '',
    '## Stations that ended by themselves',
    '',
    'A station that cannot keep its promises ends, and its service manager starts it again. What it said last:',
    '',
    '| words | times |',
    '| --- | --- |',
    ...countOf(pieces.flatMap(({ story }) => story.falls.map((fall) => fall.replaceAll('|', '/').slice(0, 160)))).map(([words, times]) => `| ${words} | ${times} |`),
    '',
    '## Verdict',
    '',
    ...(violations.length === 0 ? ['Invariants I1 to I13: no violation. 0 duplicates, 0 lost, 0 mix-ups.'] : violations.map((violation) => `- ${violation}`)),
    '',
    ruleOfThree(violations.length, orders, faults),
    '',
    ...reservations(pieces, faults),
  ].join('\n');
}

/** What this campaign did not show, so that nobody reads more into it. */
function reservations(pieces: readonly JudgedPiece[], faults: number): readonly string[] {
  const names = pieces.flatMap(({ story }) => story.batches).flatMap((batch) => batch.faults).flatMap(({ name, dealt }) => (dealt ? [name] : []));
  const missing = [
    faults < full.faults ? `It is ${((100 * faults) / full.faults).toFixed(1)} % of a campaign of full size.` : '',
    pieces.every(({ verdict }) => verdict.recordsWithoutRedis === 0) ? 'No record fell into a time without Redis: that recovery needs none (I10) was not witnessed here.' : '',
    names.some((name) => name.startsWith('Redis power cut')) && !names.some((name) => name.includes('lost)')) ? 'No power cut of Redis met writes that were not synced yet: the loss of the last second was not witnessed here.' : '',
    names.includes('reader process killed') ? '' : 'No reader process was killed while it had a card: that draw found none each time.',
    "A power cut under everysec is modelled: the server runs as the product demands (always), and loses its log's last second when it is killed.",
    'Printers, cards and readers are simulated; pcscd, Redis, the network and the processes are real.',
  ].filter((text) => text !== '');
  return ['## What it does not show', '', ...missing.map((text) => `- ${text}`), ''];
}

function minutes(seconds: number): string {
  return (seconds / 60).toFixed(1);
}

function faultCounts(pieces: readonly JudgedPiece[]): readonly (readonly [string, number])[] {
  return countOf(pieces.flatMap(({ story }) => story.batches).flatMap((batch) => batch.faults).flatMap(({ name, dealt }) => (dealt ? [name] : [])));
}

function countOf(words: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted((one, other) => other[1] - one[1]);
}

/** What no failure in so many trials means: with 95 % confidence the rate is below 3 / n. */
function ruleOfThree(failures: number, orders: number, faults: number): string {
  if (failures > 0) return 'The violations above must be explained and mended before these figures mean anything.';
  const below = (trials: number): string => (trials === 0 ? 'unknown' : `below ${(300 / trials).toPrecision(2)} %`);
  return `No failure in ${faults} faults means, by the rule of three and with 95 % confidence: the chance that a fault of these kinds makes a duplicate, a loss or a mix-up is ${below(faults)}; that an order in such a storm does, ${below(orders)}.`;
}
