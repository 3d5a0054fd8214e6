import { holdTexts } from '../../daemon/produce/hold-question.ts';
import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import { checkCards, checkMailbox } from './check-cards.ts';
import { attemptsOf, nameOf, outcomeOf, readPapers, uidOf, type Attempt, type Papers, type Say } from './piece-papers.ts';
import { lastFates, type Fate } from './plastic-checker.ts';
import { livenessMs, type PieceStory } from './run-piece.ts';

/** What the papers of one piece prove. */
export interface PieceVerdict {
  /** Each begins with the invariant that is broken (queue.md 4.2). */
  readonly violations: readonly string[];
  readonly finished: number;
  readonly held: number;
  readonly refused: number;
  /** Taken back before anything was begun. */
  readonly untouched: number;
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
  /** Certificates that were read out of the chips of cards in the output. */
  readonly certificatesRead: number;
  /** Messages in the portal's mailbox. */
  readonly messages: number;
  /** Batches after which the claim server's fence counter was read and held against the journals (I8). */
  readonly fencesRead: number;
}

/**
 * Judges a piece by papers alone: the journals, the machines' own accounts of plastic, the cards as they lie in the
 * trays with what is on their chips, and the portal's mailbox. It knows nothing of what the campaign did, but for which
 * orders were acknowledged, when Redis was away, and where its fence counter stood.
 */
export function checkPiece(story: PieceStory): PieceVerdict {
  return judgePapers(story, story.stations.map(readPapers));
}

/** The judgement itself, of papers that were read. */
export function judgePapers(story: PieceStory, papers: readonly Papers[]): PieceVerdict {
  const orderIds = story.batches.flatMap((batch) => batch.orderIds);
  const violations: string[] = [];
  const say: Say = (invariant, text) => { violations.push(`${invariant} ${text}`); };
  const attempts = papers.flatMap(attemptsOf).toSorted((one, other) => one.attempt - other.attempt);
  const fates = new Map(papers.flatMap(({ plastic }) => [...lastFates(plastic)]));
  checkOrders(story, papers, attempts, fates, say);
  checkWithdrawals(papers, say);
  checkCards(papers, attempts, fates, say);
  checkMailbox(papers, attempts, say);
  for (const paper of papers) {
    checkPlastic(paper, say);
    checkIntents(paper, say);
    if (paper.chainBroken !== null) say('I9', `${paper.stationId}: the journal does not verify: ${paper.chainBroken}`);
  }
  checkFences(story, attempts, say);
  checkHolds(attempts, say);
  checkStory(story, say);
  return { violations, ...countsOf(story, papers, attempts, fates, orderIds) };
}

/** I1, I2, I3: one good card an order, every order ended, a chip of one attempt. */
function checkOrders({ batches, work }: PieceStory, papers: readonly Papers[], attempts: readonly Attempt[], fates: ReadonlyMap<string, Fate>, say: Say): void {
  const owners = new Map<string, string>();
  const ofOrder = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    ofOrder.set(attempt.orderId, [...(ofOrder.get(attempt.orderId) ?? []), attempt]);
    const uid = uidOf(attempt);
    if (uid === null) continue;
    if (owners.has(uid)) say('I3', `chip ${uid} belongs to ${owners.get(uid) ?? ''} and to ${nameOf(attempt)}`);
    owners.set(uid, nameOf(attempt));
  }
  // What was never begun must have been taken back, and the portal must have heard so.
  const withdrawn = new Set(papers.flatMap(({ messages }) => messages.filter(({ kind }) => kind === 'order-withdrawn').map(({ orderId }) => orderId)));
  for (const orderId of batches.flatMap((batch) => batch.orderIds)) {
    const own = ofOrder.get(orderId) ?? [];
    checkOneCard(orderId, own, fates, say);
    checkMoves(orderId, own, work === 'site', say);
    if (own.length > 0 || !withdrawn.has(orderId)) checkEnd(orderId, own, say);
  }
  for (const [uid, fate] of fates) if (fate === 'output' && !owners.has(uid)) say('I1', `card ${uid} lies in the output and belongs to no attempt`);
}

function checkOneCard(orderId: string, own: readonly Attempt[], fates: ReadonlyMap<string, Fate>, say: Say): void {
  const lying = own.filter((attempt) => fates.get(uidOf(attempt) ?? '') === 'output');
  const finished = own.filter((attempt) => outcomeOf(attempt) === 'finished');
  if (lying.length > 1) say('I1', `${orderId} has ${lying.length} cards in the output`);
  if (finished.length > 1) say('I1', `${orderId} was finished ${finished.length} times`);
  if (finished.length === 1 && lying.length === 0) say('I1', `${orderId} is finished and no card of it lies in the output`);
  if (finished.length === 0 && lying.length > 0) say('I1', `${orderId} is not finished and a card of it lies in the output`);
}

/** I1: an order is at one station at a time, and leaves it only where stations share their orders, when its card there is scrapped. */
function checkMoves(orderId: string, own: readonly Attempt[], mayMove: boolean, say: Say): void {
  own.slice(1).forEach((next, index) => {
    const former = own[index];
    if (former === undefined || former.stationId === next.stationId) return;
    if (!mayMove) say('I1', `${orderId} was worked on by two stations`);
    const settled = former.records.find(({ entry }) => entry.kind === 'settled')?.at ?? Number.POSITIVE_INFINITY;
    if (settled > (next.records[0]?.at ?? 0)) say('I1', `${nameOf(next)} was begun before ${nameOf(former)} was settled`);
  });
}

function checkEnd(orderId: string, own: readonly Attempt[], say: Say): void {
  const last = own.toSorted((one, other) => one.attempt - other.attempt).at(-1);
  if (last === undefined) return say('I2', `${orderId} is lost: no journal knows it`);
  const outcome = outcomeOf(last);
  const asked = last.records.at(-1)?.entry.kind === 'held';
  if (outcome === null && !asked) say('I2', `${orderId} has no end: its last record is ${last.records.at(-1)?.entry.kind ?? 'none'}`);
  if (outcome === 'again') say('I2', `${orderId} was to be made again and was not`);
}

/** A step that had begun when its order was taken back may still write its intent, in milliseconds. */
const begunStepMs = 1_000;
/** Within this the other stations of a site know that an order was taken back, Redis and the station that says so being killed meanwhile. */
const heardMs = 60_000;

/** I2 for what was taken back: from the moment the station told the portal so, no blank is announced for it. */
function checkWithdrawals(papers: readonly Papers[], say: Say): void {
  const takenBack = (of: readonly Papers[], graceMs: number): (readonly [string, number])[] => of.flatMap(({ messages }) => messages.flatMap(({ kind, orderId, at }) => (kind === 'order-withdrawn' ? [[orderId, at + graceMs] as const] : [])));
  for (const paper of papers) {
    const { stationId, records } = paper;
    const taken = new Map([...takenBack(papers, heardMs - begunStepMs), ...takenBack([paper], 0)]);
    for (const { entry, orderId, at } of records) if (entry.kind === 'feed-intent' && at > (taken.get(orderId) ?? at) + begunStepMs) say('I2', `${stationId}: a blank was announced for ${orderId} after it was taken back`);
  }
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
    records.some((record) => record.at <= at && fits(record) && `${record.orderId}#${record.attempt}` === owner.get(uid));
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

/** I8: a fence belongs to one order for ever, an order keeps the highest that was given to it, and the claim server's counter ends no batch below it. */
function checkFences({ batches }: PieceStory, attempts: readonly Attempt[], say: Say): void {
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
  let known = 0;
  batches.forEach(({ orderIds, fenceCounter }, index) => {
    known = Math.max(known, ...orderIds.map((orderId) => highest.get(orderId) ?? 0));
    if (fenceCounter !== null && fenceCounter < known) say('I8', `after batch ${index + 1} the claim server counts ${fenceCounter}, and fence ${known} was given`);
  });
}

/** I12: a hold asks a question of the table, and an answer is one of its answers and ends it. */
function checkHolds(attempts: readonly Attempt[], say: Say): void {
  for (const attempt of attempts) {
    const { records } = attempt;
    records.forEach(({ entry }, index) => {
      if (entry.kind !== 'held') return;
      if (!Object.hasOwn(holdTexts, entry.question) || entry.answers.length < 2) say('I12', `${nameOf(attempt)} is held with no question that a person could answer`);
      const answer = records[index + 1]?.entry;
      if (answer === undefined) return;
      if (answer.kind !== 'answered' || !entry.answers.includes(answer.answer)) say('I12', `${nameOf(attempt)}: after a hold comes ${answer.kind}`);
      else if (!endsHold(records[index + 2]?.entry.kind)) say('I12', `${nameOf(attempt)}: the answer does not end the hold`);
    });
  }
}

/** A card whose place was told is ejected; another blank, or nothing more, is settled. */
function endsHold(kind: string | undefined): boolean {
  return kind === 'ejected' || kind === 'settled';
}

/** I11, I13: what only the story of the campaign tells. */
function checkStory(story: PieceStory, say: Say): void {
  if (story.quiet !== null && story.quiet.before.join() !== story.quiet.after.join()) say('I11', `recovering once more changed something: ${story.quiet.before.join()} became ${story.quiet.after.join()}`);
  story.batches.forEach(({ settledAfterMs }, index) => {
    if (settledAfterMs > livenessMs) say('I13', `batch ${index + 1} took ${Math.round(settledAfterMs / 1000)} s to end after its last fault`);
  });
}

function countsOf(story: PieceStory, papers: readonly Papers[], attempts: readonly Attempt[], fates: ReadonlyMap<string, Fate>, orderIds: readonly string[]): Omit<PieceVerdict, 'violations'> {
  const records = papers.flatMap((paper) => paper.records);
  // They are sorted: the last one stands.
  const last = new Map(attempts.map((attempt) => [attempt.orderId, attempt]));
  const ends = orderIds.map((orderId) => { const own = last.get(orderId); return own === undefined ? 'untouched' : (outcomeOf(own) ?? 'held'); });
  const ended = (as: string): number => ends.filter((end) => end === as).length;
  const at = (place: Fate): number => [...fates.values()].filter((fate) => fate === place).length;
  const inOutput = (uid: string): boolean => fates.get(uid) === 'output';
  return {
    finished: ended('finished'),
    held: ended('held'),
    refused: ended('refused'),
    untouched: ended('untouched'),
    attempts: attempts.length,
    fed: fates.size,
    good: at('output'),
    rejected: at('reject'),
    byHand: at('hand'),
    inside: at('inside'),
    holds: records.filter(({ entry }) => entry.kind === 'held').length,
    records: records.length,
    recordsWithoutRedis: records.filter((record) => story.outages.some(({ from, to }) => record.at >= from && record.at <= to)).length,
    tagsRead: papers.flatMap(({ seen }) => seen).filter(({ tag, uid }) => tag !== null && inOutput(uid)).length,
    certificatesRead: papers.flatMap(({ chips }) => [...chips]).reduce((sum, [uid, { certificates }]) => sum + (inOutput(uid) ? certificates.length : 0), 0),
    messages: papers.reduce((sum, { messages }) => sum + messages.length, 0),
    fencesRead: story.batches.filter(({ fenceCounter }) => fenceCounter !== null).length,
  };
}
