import { describe, expect, test } from 'vitest';
import type { JournalEntry, JournalRecord } from '../../../../queue/journal/journal-entry.ts';
import type { PlasticEvent } from '../../../../simulator/machine/plastic-event.ts';
import { judgePapers } from '../../../campaign/history-checker.ts';
import type { Papers } from '../../../campaign/piece-papers.ts';
import { livenessMs, type PieceStory } from '../../../campaign/run-piece.ts';
import { claimed, identified, nothingInside, planned, settled } from '../../../support/queue/journal-entries.ts';

const number = 'BB-2611-000001';
const uid = '04A1B2C3';
const signed = 'ab'.repeat(32);

type At = readonly [at: number, orderId: string, attempt: number, fence: number, entry: JournalEntry];
const feedIntent: JournalEntry = { kind: 'feed-intent', evidence: nothingInside };
const printIntent: JournalEntry = { kind: 'print-intent', evidence: nothingInside, artwork: 'cd'.repeat(32) };
const proof: JournalEntry = { kind: 'crosschecked', uid, cardNumber: number, certificates: [signed], artwork: '', chips: '' };
const eject = (to: 'output' | 'reject'): JournalEntry => ({ kind: 'eject-intent', to, evidence: nothingInside });

/** The records of one good card: of order A unless told otherwise, from a moment on, ten milliseconds apart. */
function goodCard(from = 0, orderId = 'A', attempt = 1, fence = 1): readonly At[] {
  const entries: readonly JournalEntry[] = [claimed, planned(number), feedIntent, identified(uid), printIntent, proof, eject('output'), settled('finished')];
  return entries.map((entry, index): At => [from + 10 * index, orderId, attempt, fence, entry]);
}

/** What the machine says of it: each act five milliseconds after its intent. */
const goodPlastic: readonly (readonly [number, PlasticEvent])[] = [
  [25, { what: 'fed', uid }],
  [45, { what: 'marked', uid, side: 'front', ink: 'k', passes: 1 }],
  [65, { what: 'output', uid, printed: true }],
];

interface Forgery {
  readonly records?: readonly At[];
  readonly plastic?: readonly (readonly [number, PlasticEvent])[];
  readonly papers?: Partial<Papers>;
}

function papersOf({ records = goodCard(), plastic = goodPlastic, papers = {} }: Forgery = {}): Papers {
  const finished = { id: 'A.1.finished', orderId: 'A', kind: 'order-finished', at: 90, body: { orderId: 'A', attempt: 1, cardNumber: number, uid, certificates: [signed] } };
  return {
    stationId: 'st1',
    records: records.map(([at, orderId, attempt, fence, entry], index): JournalRecord => ({ at, orderId, attempt, fence, entry, seq: index + 1, hash: '' })),
    chainBroken: null,
    plastic: plastic.map(([at, event], index) => ({ seq: index + 1, at, event })),
    chips: new Map([[uid, { certificates: [{ sha256: signed, subject: `CN=${number}` }], numbers: [number] }]]),
    seen: [{ uid, lot: 'L', kind: 'piv', place: 'output', printed: true, tag: { orderId: 'A', attempt: 1 } }],
    messages: [finished, { id: 'A.1.pin', orderId: 'A', kind: 'pin', at: 90, body: {} }],
    signed: new Set([signed]),
    ...papers,
  };
}

function storyOf(change: Partial<PieceStory> = {}): PieceStory {
  const batch = { orderIds: ['A'], withdrawn: [], faults: [], settledAfterMs: 0, fenceCounter: 1 };
  return { seed: 1, piece: 0, wantedOrders: 1, wantedFaults: 0, redisDeath: 'always', work: 'batch', batches: [batch], outages: [], stations: [], starts: 2, falls: [], seconds: 1, quiet: { before: [1], after: [1] }, ...change };
}

const [batch] = storyOf().batches;
const without = (kind: JournalEntry['kind']): readonly At[] => goodCard().filter(([, , , , entry]) => entry.kind !== kind);
const replaced = (kind: JournalEntry['kind'], entry: JournalEntry): readonly At[] => goodCard().map((record): At => (record[4].kind === kind ? [record[0], record[1], record[2], record[3], entry] : record));
const second = '04D4E5F6';
const stranger: readonly [number, PlasticEvent] = [94, { what: 'fed', uid: second }];
const held = (answers: readonly string[]): JournalEntry => ({ kind: 'held', question: 'another-blank', answers, reason: 'QC-UNKNOWN-OUTCOME' });
const beginning = goodCard().slice(0, 4);

/** What a campaign would find if it were so, and the invariant that must be named. */
const forgeries: readonly (readonly [string, string, Forgery, Partial<PieceStory>?])[] = [
  ['I1', 'a second card of an order in the output', { records: [...goodCard(), [80, 'A', 2, 1, feedIntent], [90, 'A', 2, 1, identified(second)]], plastic: [...goodPlastic, [85, { what: 'fed', uid: second }], [95, { what: 'output', uid: second, printed: true }]] }],
  ['I1', 'an order that is finished without a card', { plastic: goodPlastic.slice(0, 2) }],
  ['I1', 'a card in the output of an order that is not finished', { records: without('settled') }],
  ['I1', 'a card in the output that no attempt knows', { plastic: [...goodPlastic, stranger, [95, { what: 'output', uid: second, printed: true }]] }],
  ['I1', 'two cards with the tag of one order', { plastic: [...goodPlastic, stranger, [95, { what: 'output', uid: second, printed: true }]], papers: { seen: [uid, second].map((each) => ({ uid: each, lot: 'L', kind: 'piv', place: 'output', printed: true, tag: { orderId: 'A', attempt: 1 } })) } }],
  ['I2', 'an order that no journal knows', {}, { batches: [{ ...batch, orderIds: ['A', 'B'] } as PieceStory['batches'][number]] }],
  ['I2', 'an attempt without an end', { records: [...goodCard(), [80, 'B', 1, 2, claimed]] }, { batches: [{ ...batch, orderIds: ['A', 'B'] } as PieceStory['batches'][number]] }],
  ['I2', 'an order that was to be made again and was not', { records: [...goodCard(), [80, 'B', 1, 2, claimed], [90, 'B', 1, 2, settled('again')]] }, { batches: [{ ...batch, orderIds: ['A', 'B'] } as PieceStory['batches'][number]] }],
  ['I2', 'a blank for an order that was taken back', { papers: { messages: [...papersOf().messages, { id: 'A.withdrawn', orderId: 'A', kind: 'order-withdrawn', at: -2_000, body: {} }] } }],
  ['I2', 'a card of which the portal did not hear', { papers: { messages: papersOf().messages.slice(1) } }],
  ['I2', 'a card of which only the portal knows', { records: replaced('settled', settled('refused')) }],
  ['I3', 'a chip of two attempts', { records: [...goodCard(), [80, 'A', 2, 1, claimed], [90, 'A', 2, 1, identified(uid)]] }],
  ['I4', 'a card in the output that was never proven', { records: without('crosschecked') }],
  ['I4', 'a proof with another number than planned', { records: replaced('planned', planned('BB-2611-000002')) }],
  ['I4', 'a card number given twice', { records: [...goodCard(), [80, 'A', 2, 1, planned(number)]] }],
  ['I4', 'the tag of another order', { papers: { seen: [{ uid, lot: 'L', kind: 'piv', place: 'output', printed: true, tag: { orderId: 'B', attempt: 1 } }] } }],
  ['I4', 'another certificate in the chip', { papers: { chips: new Map([[uid, { certificates: [{ sha256: 'cd'.repeat(32), subject: `CN=${number}` }], numbers: [] }]]) } }],
  ['I4', 'a certificate of somebody else', { papers: { chips: new Map([[uid, { certificates: [{ sha256: signed, subject: 'CN=BB-2611-000009' }], numbers: [] }]]) } }],
  ['I4', 'a certificate that nobody signed', { papers: { signed: new Set() } }],
  ['I4', 'the number of somebody else in the MIFARE chip', { papers: { chips: new Map([[uid, { certificates: [{ sha256: signed, subject: `CN=${number}` }], numbers: ['BB-2611-000009'] }]]) } }],
  ['I4', 'a portal that hears another number', { papers: { messages: papersOf().messages.map((message) => ({ ...message, body: { ...message.body, cardNumber: 'BB-2611-000009' } })) } }],
  ['I4', 'a PIN that was not handed over', { papers: { messages: papersOf().messages.slice(0, 1) } }],
  ['I5', 'a side printed twice', { plastic: [...goodPlastic, [66, { what: 'marked', uid, side: 'front', ink: 'k', passes: 2 }]] }],
  ['I6', 'a blank that was fed twice', { plastic: [...goodPlastic, [24, { what: 'fed', uid }]] }],
  ['I7', 'a blank fed before its intent', { plastic: [[15, { what: 'fed', uid }], ...goodPlastic.slice(1)] }],
  ['I7', 'a card printed without an intent', { records: without('print-intent') }],
  ['I7', 'a card let go without an intent', { records: without('eject-intent') }],
  ['I7', 'a card rejected without an intent', { records: [...beginning, [90, 'A', 1, 1, settled('refused')]], plastic: [goodPlastic[0] ?? [0, { what: 'fed', uid }], [65, { what: 'reject', uid, printed: false }]], papers: { messages: [], seen: [] } }],
  ['I8', 'a fence of two orders', { records: [...goodCard(), [80, 'B', 1, 1, claimed], [90, 'B', 1, 1, settled('refused')]] }],
  ['I8', 'a fence that fell', { records: goodCard().map((record, index): At => [record[0], record[1], record[2], index === 7 ? 0 : 1, record[4]]) }],
  ['I8', 'a claim server that counts less than was given', {}, { batches: [{ ...batch, fenceCounter: 0 } as PieceStory['batches'][number]] }],
  ['I9', 'a journal that does not verify', { papers: { chainBroken: 'record 3: hash' } }],
  ['I11', 'a recovery that moves something', {}, { quiet: { before: [1], after: [2] } }],
  ['I12', 'a hold with one answer only', { records: [...goodCard().slice(0, 7), [65, 'A', 1, 1, held(['remake'])], [66, 'A', 1, 1, { kind: 'answered', answer: 'remake', by: 'x' }], [70, 'A', 1, 1, settled('finished')]] }],
  ['I12', 'an answer that was none of the answers', { records: [...goodCard().slice(0, 7), [65, 'A', 1, 1, held(['remake', 'stop'])], [66, 'A', 1, 1, { kind: 'answered', answer: 'in-output', by: 'x' }], [70, 'A', 1, 1, settled('finished')]] }],
  ['I13', 'an end that came too late', {}, { batches: [{ ...batch, settledAfterMs: livenessMs + 1 } as PieceStory['batches'][number]] }],
];

describe('the judge of a campaign', () => {
  test('finds nothing in the papers of a good card', () => {
    expect(judgePapers(storyOf(), [papersOf()])).toMatchObject({ violations: [], finished: 1, attempts: 1, fed: 1, good: 1, rejected: 0, tagsRead: 1, certificatesRead: 1 });
  });

  for (const [invariant, what, forgery, story] of forgeries) {
    test(`finds by ${invariant}: ${what}`, () => {
      const { violations } = judgePapers(storyOf(story), [papersOf(forgery)]);
      expect(violations.map((violation) => violation.split(' ')[0])).toContain(invariant);
    });
  }

  const batches = [{ ...batch, fenceCounter: 2 } as PieceStory['batches'][number]];
  const first = (settledAt: number): readonly At[] => [[0, 'A', 1, 1, claimed], [settledAt, 'A', 1, 1, settled('again')]];
  const moved = (settledAt: number): readonly Papers[] => {
    const other = papersOf({ records: goodCard(100, 'A', 2, 2), plastic: goodPlastic.map(([at, event]) => [at + 100, event] as const) });
    const messages = other.messages.map((message) => ({ ...message, id: message.id.replace('.1.', '.2.'), body: { ...message.body, attempt: 2 } }));
    const here = papersOf({ records: first(settledAt), plastic: [], papers: { stationId: 'st2', messages: [], seen: [], chips: new Map(), signed: new Set() } });
    // The paper of the later attempt comes first, as the stations' names may have it.
    return [{ ...other, messages, seen: other.seen.map((card) => ({ ...card, tag: { orderId: 'A', attempt: 2 } })) }, here];
  };

  test('lets an order move between daemons of a site once its first card is scrapped, and at no other time', () => {
    expect(judgePapers(storyOf({ work: 'site', batches }), moved(50)).violations).toEqual([]);
    expect(judgePapers(storyOf({ work: 'site', batches }), moved(105)).violations).toEqual(['I1 A#2 at st1 was begun before A#1 at st2 was settled']);
    expect(judgePapers(storyOf({ work: 'batch', batches }), moved(50)).violations).toEqual(['I1 A was worked on by two stations']);
  });

  test('gives the other stations of a site a minute to hear that an order was taken back', () => {
    const tellingAt = (at: number): readonly Papers[] => [papersOf(), papersOf({ records: [], plastic: [], papers: { stationId: 'st2', seen: [], chips: new Map(), messages: [{ id: 'A.withdrawn', orderId: 'A', kind: 'order-withdrawn', at, body: {} }] } })];
    expect(judgePapers(storyOf({ work: 'site' }), tellingAt(-59_000)).violations).toEqual([]);
    expect(judgePapers(storyOf({ work: 'site' }), tellingAt(-61_000)).violations).toEqual(['I2 st1: a blank was announced for A after it was taken back']);
  });
});
