import { openJournalReader } from '../../queue/journal/journal-reader.ts';
import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import { readPlasticLog, type PlasticRecord } from '../../simulator/machine/plastic-log.ts';

/** What the machine's own account of plastic and the journal say together. */
export interface PlasticVerdict {
  readonly violations: readonly string[];
  readonly fed: number;
  readonly good: number;
  readonly rejected: number;
  readonly takenByHand: number;
  readonly attempts: number;
  readonly holds: number;
}

/**
 * Holds the journal against the machine's account: one good card an order, the one the journal says; nothing else in
 * the output; no card printed twice; every blank that was fed lies somewhere. Believes neither of the two alone.
 */
export function checkPlastic(plasticLog: string, journalPath: string, orderIds: readonly string[]): PlasticVerdict {
  const plastic = readPlasticLog(plasticLog);
  using reader = openJournalReader(journalPath);
  const records = [...reader.records()];
  const chain = reader.verify();
  const violations: string[] = chain.brokenAt === null ? [] : [`the journal's chain breaks at ${chain.brokenAt}: ${chain.reason ?? ''}`];
  const fate = lastFates(plastic);
  const inOutput = new Set([...fate].filter(([, place]) => place === 'output').map(([uid]) => uid));
  const owners = goodCards(records);
  for (const orderId of orderIds) {
    const cards = owners.filter((owner) => owner.orderId === orderId);
    if (cards.length !== 1) violations.push(`${orderId} has ${cards.length} finished attempts in the journal`);
    for (const { uid } of cards) if (!inOutput.has(uid)) violations.push(`${orderId}: card ${uid} is finished and not in the output`);
  }
  const owned = new Set(owners.map(({ uid }) => uid));
  for (const uid of inOutput) if (!owned.has(uid)) violations.push(`card ${uid} lies in the output and belongs to no finished order`);
  for (const [uid, passes] of worstPasses(plastic)) if (passes > 1) violations.push(`card ${uid} was printed ${passes} times`);
  // A card that a person puts back into the feeder is still one blank.
  const fed = fate.size;
  const at = (place: string): number => [...fate.values()].filter((found) => found === place).length;
  if (fed !== at('output') + at('reject') + at('hand')) violations.push(`${fed} blanks were fed, ${at('output')} + ${at('reject')} + ${at('hand')} are accounted for`);
  return { violations, fed, good: at('output'), rejected: at('reject'), takenByHand: at('hand'), attempts: attemptsOf(records), holds: records.filter(({ entry }) => entry.kind === 'held').length };
}

export type Fate = 'inside' | 'output' | 'reject' | 'hand';

/** Where every card that was ever fed lies now. */
export function lastFates(plastic: readonly PlasticRecord[]): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const { event } of plastic) {
    if (event.what === 'fed') fates.set(event.uid, 'inside');
    else if (!('uid' in event) || !fates.has(event.uid)) continue;
    else if (event.what === 'output' || event.what === 'reject') fates.set(event.uid, event.what);
    // The pile that a person takes out of a tray is what the tray was given.
    else if (event.what === 'taken' && (event.from === 'output' || event.from === 'reject')) fates.set(event.uid, event.from);
    else if (event.what === 'taken') fates.set(event.uid, 'hand');
    else if (event.what === 'put') fates.set(event.uid, event.where === 'output' || event.where === 'reject' || event.where === 'hand' ? event.where : 'inside');
  }
  return fates;
}

/** The UIDs of attempts that the journal settled as finished. */
function goodCards(records: readonly JournalRecord[]): readonly { readonly orderId: string; readonly uid: string }[] {
  return records.flatMap(({ orderId, attempt, entry }) => {
    if (entry.kind !== 'settled' || entry.outcome !== 'finished') return [];
    const proof = records.find((other) => other.orderId === orderId && other.attempt === attempt && other.entry.kind === 'crosschecked')?.entry;
    return [{ orderId, uid: proof?.kind === 'crosschecked' ? proof.uid : 'none' }];
  });
}

/** The most often any panel of any side was laid on a card. */
function worstPasses(plastic: readonly PlasticRecord[]): ReadonlyMap<string, number> {
  const worst = new Map<string, number>();
  for (const { event } of plastic) if (event.what === 'marked') worst.set(event.uid, Math.max(worst.get(event.uid) ?? 0, event.passes));
  return worst;
}

function attemptsOf(records: readonly JournalRecord[]): number {
  return new Set(records.map(({ orderId, attempt }) => `${orderId}#${attempt}`)).size;
}
