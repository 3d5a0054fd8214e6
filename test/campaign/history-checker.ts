import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { holdTexts } from '../../daemon/produce/hold-question.ts';
import { openJournalReader } from '../../queue/journal/journal-reader.ts';
import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import { readPlasticLog, type PlasticRecord } from '../../simulator/machine/plastic-log.ts';
import type { SeenCard } from '../../simulator/script/control-protocol.ts';
import { lastFates, type Fate } from './plastic-checker.ts';
import { livenessMs, type PieceStory } from './run-piece.ts';
import type { StationFiles } from './station-subject.ts';

/** What the papers of one piece prove. */
export interface PieceVerdict {
  /** Each begins with the invariant that is broken (queue.md 4.2). */
  readonly violations: readonly string[];
  readonly finished: number;
  readonly held: number;
  readonly refused: number;
  readonly attempts: number;
  readonly fed: number;
  readonly good: number;
  readonly rejected: number;
  readonly byHand: number;
  readonly inside: number;
  readonly holds: number;
  readonly records: number;
  /** Records that were made durable while no Redis answered: work that needed none (I10). */
  readonly recordsWithoutRedis: number;
  /** Cards in the output whose chip still carries the tag, and so was asked whose it is. */
  readonly tagsRead: number;
}

/** One station's papers: its journal, the machine's own account, what a desk reader saw, and the outbox. */
interface Papers {
  readonly stationId: string;
  readonly records: readonly JournalRecord[];
  readonly chainBroken: string | null;
  readonly plastic: readonly PlasticRecord[];
  readonly seen: readonly SeenCard[];
  readonly messages: readonly { readonly id: string; readonly orderId: string; readonly kind: string }[];
}

type Say = (invariant: string, text: string) => void;

/** One attempt as a journal tells it. */
interface Attempt {
  readonly stationId: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly records: readonly JournalRecord[];
}

/**
 * Judges a piece by papers alone: the journals, the machines' own accounts of plastic, the cards as they lie in the
 * trays, and the messages to the portal. It knows nothing of what the campaign did, but for which orders were
 * acknowledged and when Redis was away.
 */
export function checkPiece(story: PieceStory): PieceVerdict {
  const papers = story.stations.map(readPapers);
  const orderIds = story.batches.flatMap((batch) => batch.orderIds);
  const violations: string[] = [];
  const say: Say = (invariant, text) => { violations.push(`${invariant} ${text}`); };
  const attempts = papers.flatMap(attemptsOf);
  const fates = new Map(papers.flatMap(({ plastic }) => [...lastFates(plastic)]));
  checkOrders(orderIds, attempts, fates, say);
  checkChips(papers, attempts, fates, say);
  for (const paper of papers) {
    checkPlastic(paper, say);
    checkIntents(paper, say);
    checkJournal(paper, say);
  }
  checkFences(attempts, say);
  checkHolds(attempts, say);
  checkMessages(papers, attempts, say);
  checkStory(story, say);
  return summaryOf(story, papers, attempts, fates, orderIds, violations);
}

function readPapers(files: StationFiles): Papers {
  using reader = openJournalReader(files.journal);
  const chain = reader.verify();
  using store = closing(new Database(files.store, { readonly: true }));
  return {
    stationId: files.stationId,
    records: [...reader.records()],
    chainBroken: chain.brokenAt === null ? null : `record ${chain.brokenAt}: ${chain.reason ?? ''}`,
    plastic: readPlasticLog(files.plastic),
    seen: existsSync(files.look) ? (JSON.parse(readFileSync(files.look, 'utf8')) as readonly SeenCard[]) : [],
    messages: store.db.prepare<[], { id: string; orderId: string; kind: string }>('select id, order_id as orderId, kind from outbox').all(),
  };
}

function closing(db: Database.Database): { readonly db: Database.Database } & Disposable {
  return { db, [Symbol.dispose]: () => { db.close(); } };
}

function attemptsOf({ stationId, records }: Papers): readonly Attempt[] {
  const attempts = new Map<string, Attempt & { records: JournalRecord[] }>();
  for (const record of records) {
    const { orderId, attempt } = record;
    const key = `${orderId}#${attempt}`;
    const own = attempts.get(key) ?? { stationId, orderId, attempt, records: [] };
    own.records.push(record);
    attempts.set(key, own);
  }
  return [...attempts.values()];
}

const uidOf = ({ records }: Attempt): string | null => records.flatMap(({ entry }) => (entry.kind === 'identified' ? [entry.uid] : []))[0] ?? null;
const outcomeOf = ({ records }: Attempt): string | null => records.flatMap(({ entry }) => (entry.kind === 'settled' ? [entry.outcome] : []))[0] ?? null;

/** I1, I2, I3: one good card an order, every order ended, a chip of one attempt. */
function checkOrders(orderIds: readonly string[], attempts: readonly Attempt[], fates: ReadonlyMap<string, Fate>, say: Say): void {
  const owners = new Map<string, string>();
  for (const attempt of attempts) {
    const [uid, name] = [uidOf(attempt), `${attempt.orderId}#${attempt.attempt} at ${attempt.stationId}`];
    if (uid === null) continue;
    if (owners.has(uid)) say('I3', `chip ${uid} belongs to ${owners.get(uid) ?? ''} and to ${name}`);
    owners.set(uid, name);
  }
  for (const orderId of orderIds) {
    const own = attempts.filter((attempt) => attempt.orderId === orderId);
    const lying = own.filter((attempt) => fates.get(uidOf(attempt) ?? '') === 'output');
    const finished = own.filter((attempt) => outcomeOf(attempt) === 'finished');
    if (lying.length > 1) say('I1', `${orderId} has ${lying.length} cards in the output`);
    if (finished.length > 1) say('I1', `${orderId} was finished ${finished.length} times`);
    if (finished.length === 1 && lying.length === 0) say('I1', `${orderId} is finished and no card of it lies in the output`);
    if (finished.length === 0 && lying.length > 0) say('I1', `${orderId} is not finished and a card of it lies in the output`);
    if (new Set(own.map(({ stationId }) => stationId)).size > 1) say('I1', `${orderId} was worked on by two stations`);
    checkEnd(orderId, own, say);
  }
  for (const [uid, fate] of fates) if (fate === 'output' && !owners.has(uid)) say('I1', `card ${uid} lies in the output and belongs to no attempt`);
}

function checkEnd(orderId: string, own: readonly Attempt[], say: Say): void {
  const last = own.toSorted((one, other) => one.attempt - other.attempt).at(-1);
  if (last === undefined) return say('I2', `${orderId} is lost: no journal knows it`);
  const outcome = outcomeOf(last);
  const asked = last.records.at(-1)?.entry.kind === 'held';
  if (outcome === null && !asked) say('I2', `${orderId} has no end: its last record is ${last.records.at(-1)?.entry.kind ?? 'none'}`);
  if (outcome === 'again') say('I2', `${orderId} was to be made again and was not`);
}

/** I4: what stands on the chip is what the journal says of that chip. */
function checkChips(papers: readonly Papers[], attempts: readonly Attempt[], fates: ReadonlyMap<string, Fate>, say: Say): void {
  const numbers = new Map<string, string>();
  for (const attempt of attempts) {
    for (const { entry } of attempt.records) {
      if (entry.kind !== 'crosschecked') continue;
      if (entry.uid !== uidOf(attempt)) say('I4', `${attempt.orderId}#${attempt.attempt}: the chip read at the end is ${entry.uid}, the one identified ${uidOf(attempt) ?? 'none'}`);
      const other = numbers.get(entry.cardNumber);
      if (other !== undefined) say('I4', `card number ${entry.cardNumber} was given to ${other} and to ${attempt.orderId}#${attempt.attempt}`);
      numbers.set(entry.cardNumber, `${attempt.orderId}#${attempt.attempt}`);
    }
  }
  const tagged = papers.flatMap(({ seen }) => seen).filter(({ tag, uid }) => tag !== null && fates.get(uid) === 'output');
  for (const { uid, tag } of tagged) {
    const owner = attempts.find((attempt) => uidOf(attempt) === uid);
    if (owner === undefined || owner.orderId !== tag?.orderId || owner.attempt !== tag.attempt) say('I4', `the tag on ${uid} is ${tag?.orderId ?? ''}#${tag?.attempt ?? 0}, the journal's ${owner?.orderId ?? 'none'}#${owner?.attempt ?? 0}`);
  }
  const orders = tagged.map(({ tag }) => tag?.orderId ?? '');
  for (const orderId of new Set(orders)) if (orders.filter((other) => other === orderId).length > 1) say('I1', `two cards in the output carry the tag of ${orderId}`);
}

/** I5, I6: nothing printed twice, and every blank that was fed lies somewhere. */
function checkPlastic({ stationId, plastic }: Papers, say: Say): void {
  for (const { event } of plastic) if (event.what === 'marked' && event.passes > 1) say('I5', `card ${event.uid} at ${stationId}: ${event.ink} was laid ${event.passes} times on the ${event.side}`);
  const fed = plastic.filter(({ event }) => event.what === 'fed').length;
  const fates = [...lastFates(plastic).values()];
  if (fed !== fates.length) say('I6', `${stationId}: ${fed} feeds for ${fates.length} different blanks`);
}

/** I7: the machine did nothing that was not announced: each act follows a record of its intent, by the clock of the computer. */
function checkIntents({ stationId, records, plastic }: Papers, say: Say): void {
  const feeds = records.filter(({ entry }) => entry.kind === 'feed-intent').map(({ at }) => at);
  const owner = new Map(records.flatMap(({ entry, orderId, attempt }) => (entry.kind === 'identified' ? [[entry.uid, `${orderId}#${attempt}`] as const] : [])));
  const announced = (uid: string, at: number, fits: (record: JournalRecord) => boolean): boolean =>
    records.some((record) => `${record.orderId}#${record.attempt}` === owner.get(uid) && record.at <= at && fits(record));
  let fed = 0;
  for (const { event, at } of plastic) {
    if (event.what === 'fed') {
      fed += 1;
      if (feeds.filter((time) => time <= at).length < fed) say('I7', `${stationId}: blank ${event.uid} was fed without an intent`);
    }
    if (event.what === 'marked' && !announced(event.uid, at, ({ entry }) => entry.kind === 'print-intent')) say('I7', `${stationId}: card ${event.uid} was printed without an intent`);
    if (event.what === 'output' && !announced(event.uid, at, ({ entry }) => entry.kind === 'eject-intent' && entry.to === 'output')) say('I7', `${stationId}: card ${event.uid} went to the output without an intent`);
    if (event.what === 'reject' && owner.has(event.uid) && !announced(event.uid, at, ({ entry }) => entry.kind === 'eject-intent' && entry.to === 'reject')) say('I7', `${stationId}: card ${event.uid} was rejected without an intent`);
  }
}

function checkJournal({ stationId, chainBroken }: Papers, say: Say): void {
  if (chainBroken !== null) say('I9', `${stationId}: the journal does not verify: ${chainBroken}`);
}

/** I8: a fence belongs to one order for ever, and an order keeps the highest that was given to it. */
function checkFences(attempts: readonly Attempt[], say: Say): void {
  const orders = new Map<number, string>();
  const highest = new Map<string, number>();
  for (const { records } of attempts) {
    for (const { fence, orderId } of records) {
      const other = orders.get(fence);
      if (other !== undefined && other !== orderId) say('I8', `fence ${fence} was given to ${other} and to ${orderId}`);
      orders.set(fence, orderId);
      if (fence < (highest.get(orderId) ?? 0)) say('I8', `the fence of ${orderId} fell to ${fence}`);
      highest.set(orderId, Math.max(fence, highest.get(orderId) ?? 0));
    }
  }
}

/** I12: a hold asks a question of the table, and an answer is one of its answers and ends it. */
function checkHolds(attempts: readonly Attempt[], say: Say): void {
  for (const { orderId, attempt, records } of attempts) {
    records.forEach(({ entry }, index) => {
      if (entry.kind !== 'held') return;
      if (!Object.hasOwn(holdTexts, entry.question) || entry.answers.length < 2) say('I12', `${orderId}#${attempt} is held with no question that a person could answer`);
      const answer = records[index + 1]?.entry;
      if (answer === undefined) return;
      if (answer.kind !== 'answered' || !entry.answers.includes(answer.answer)) say('I12', `${orderId}#${attempt}: after a hold comes ${answer.kind}`);
      else if (records[index + 2]?.entry.kind !== 'ejected') say('I12', `${orderId}#${attempt}: the answer does not end the hold`);
    });
  }
}

/** The portal's side of I1 and I2: one end and one PIN for a finished card, none finished without a message. */
function checkMessages(papers: readonly Papers[], attempts: readonly Attempt[], say: Say): void {
  const messages = papers.flatMap((paper) => paper.messages);
  const of = (orderId: string, kind: string): number => messages.filter((message) => message.orderId === orderId && message.kind === kind).length;
  for (const attempt of attempts.filter((each) => outcomeOf(each) === 'finished')) {
    const { orderId } = attempt;
    if (of(orderId, 'order-finished') !== 1) say('I2', `the portal hears ${of(orderId, 'order-finished')} times that ${orderId} is finished`);
    if (!messages.some(({ id }) => id === `${orderId}.${attempt.attempt}.pin`)) say('I4', `the PIN of ${orderId}#${attempt.attempt} was not handed over`);
  }
  for (const { orderId } of messages.filter(({ kind }) => kind === 'order-finished')) {
    if (!attempts.some((attempt) => attempt.orderId === orderId && outcomeOf(attempt) === 'finished')) say('I2', `the portal hears that ${orderId} is finished, and no journal says so`);
  }
}

/** I11, I13: what only the story of the campaign tells. */
function checkStory(story: PieceStory, say: Say): void {
  if (story.quiet !== null && story.quiet.before.join() !== story.quiet.after.join()) say('I11', `recovering once more changed something: ${story.quiet.before.join()} became ${story.quiet.after.join()}`);
  story.batches.forEach(({ settledAfterMs }, index) => {
    if (settledAfterMs > livenessMs) say('I13', `batch ${index + 1} took ${Math.round(settledAfterMs / 1000)} s to end after its last fault`);
  });
}

function summaryOf(story: PieceStory, papers: readonly Papers[], attempts: readonly Attempt[], fates: ReadonlyMap<string, Fate>, orderIds: readonly string[], violations: readonly string[]): PieceVerdict {
  const records = papers.flatMap((paper) => paper.records);
  const ends = orderIds.map((orderId) => outcomeOf(attempts.findLast((attempt) => attempt.orderId === orderId) ?? { stationId: '', orderId, attempt: 0, records: [] }));
  const at = (place: Fate): number => [...fates.values()].filter((fate) => fate === place).length;
  return {
    violations,
    finished: ends.filter((end) => end === 'finished').length,
    held: ends.filter((end) => end === 'held' || end === null).length,
    refused: ends.filter((end) => end === 'refused').length,
    attempts: attempts.length,
    fed: fates.size,
    good: at('output'),
    rejected: at('reject'),
    byHand: at('hand'),
    inside: at('inside'),
    holds: records.filter(({ entry }) => entry.kind === 'held').length,
    records: records.length,
    recordsWithoutRedis: records.filter((record) => story.outages.some(({ from, to }) => record.at >= from && record.at <= to)).length,
    tagsRead: papers.flatMap(({ seen }) => seen).filter(({ tag, uid }) => tag !== null && fates.get(uid) === 'output').length,
  };
}
