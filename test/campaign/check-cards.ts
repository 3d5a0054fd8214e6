import type { JournalEntry } from '../../queue/journal/journal-entry.ts';
import { nameOf, outcomeOf, uidOf, type Attempt, type ChipContent, type Papers, type PortalMessage, type Say } from './piece-papers.ts';
import type { Fate } from './plastic-checker.ts';

type Proof = Extract<JournalEntry, { kind: 'crosschecked' }>;

const proofOf = ({ records }: Attempt): Proof | null => records.flatMap(({ entry }) => (entry.kind === 'crosschecked' ? [entry] : [])).at(-1) ?? null;

/** I4: card, chips, journal and portal speak of the same card number, chip and certificates; nothing of one order stands on another's card. */
export function checkCards(papers: readonly Papers[], attempts: readonly Attempt[], fates: ReadonlyMap<string, Fate>, say: Say): void {
  checkNumbers(attempts, say);
  checkTags(papers, attempts, fates, say);
  const chips = new Map(papers.flatMap((paper) => [...paper.chips]));
  const signed = new Set(papers.flatMap((paper) => [...paper.signed]));
  for (const attempt of attempts) {
    const uid = uidOf(attempt);
    if (uid === null || fates.get(uid) !== 'output') continue;
    const proof = proofOf(attempt);
    if (proof === null) say('I4', `card ${uid} of ${nameOf(attempt)} lies in the output and was never proven`);
    else checkContent(attempt, proof, chips.get(uid), signed, say);
  }
}

function checkNumbers(attempts: readonly Attempt[], say: Say): void {
  const numbers = new Map<string, string>();
  for (const attempt of attempts) {
    const planned = attempt.records.flatMap(({ entry }) => (entry.kind === 'planned' ? [entry.cardNumber] : []))[0];
    const proof = proofOf(attempt);
    if (proof !== null && proof.uid !== uidOf(attempt)) say('I4', `${nameOf(attempt)}: the chip read at the end is ${proof.uid}, the one identified ${uidOf(attempt) ?? 'none'}`);
    if (proof !== null && proof.cardNumber !== planned) say('I4', `${nameOf(attempt)}: card number ${proof.cardNumber} is not the planned one`);
    if (planned === undefined) continue;
    const other = numbers.get(planned);
    if (other !== undefined) say('I4', `card number ${planned} was given to ${other} and to ${nameOf(attempt)}`);
    numbers.set(planned, nameOf(attempt));
  }
}

/** A tag on a card in the output names the order that the journal says; no two cards there carry one order's. */
function checkTags(papers: readonly Papers[], attempts: readonly Attempt[], fates: ReadonlyMap<string, Fate>, say: Say): void {
  const owners = new Map(attempts.map((attempt) => [uidOf(attempt), attempt]));
  const orders = new Map<string, string>();
  for (const { uid, tag } of papers.flatMap(({ seen }) => seen)) {
    if (tag === null || fates.get(uid) !== 'output') continue;
    const owner = owners.get(uid);
    if (owner === undefined || owner.orderId !== tag.orderId || owner.attempt !== tag.attempt) say('I4', `the tag on ${uid} is ${tag.orderId}#${tag.attempt}, the journal's ${owner === undefined ? 'none' : nameOf(owner)}`);
    if (orders.has(tag.orderId)) say('I1', `cards ${orders.get(tag.orderId) ?? ''} and ${uid} in the output carry the tag of ${tag.orderId}`);
    orders.set(tag.orderId, uid);
  }
}

/** The chips as they are, past every program that read them. */
function checkContent(attempt: Attempt, proof: Proof, content: ChipContent | undefined, signed: ReadonlySet<string>, say: Say): void {
  const name = `card ${proof.uid} of ${nameOf(attempt)}`;
  if (content === undefined) return say('I4', `${name} has no chips`);
  const onCard = content.certificates.map(({ sha256 }) => sha256).toSorted();
  if (onCard.join() !== proof.certificates.toSorted().join()) say('I4', `${name} carries other certificates than its journal says`);
  for (const { sha256, subject } of content.certificates) {
    if (!subject.includes(proof.cardNumber)) say('I4', `${name}, number ${proof.cardNumber}, carries a certificate of ${subject.replaceAll('\n', ' ')}`);
    if (!signed.has(sha256)) say('I4', `${name} carries a certificate that no authority signed`);
  }
  for (const number of content.numbers) if (number !== proof.cardNumber) say('I4', `${name}, number ${proof.cardNumber}, carries the number ${number} in its MIFARE chip`);
}

/** The portal's side of I1, I2 and I4: one end of a finished card with its own number, chip and certificates, one PIN, none finished without a card. */
export function checkMailbox(papers: readonly Papers[], attempts: readonly Attempt[], say: Say): void {
  const messages = papers.flatMap((paper) => paper.messages);
  const finished = new Map<string, PortalMessage[]>();
  for (const message of messages) if (message.kind === 'order-finished') finished.set(message.orderId, [...(finished.get(message.orderId) ?? []), message]);
  const ids = new Set(messages.map(({ id }) => id));
  for (const attempt of attempts.filter((each) => outcomeOf(each) === 'finished')) {
    const heard = finished.get(attempt.orderId) ?? [];
    if (heard.length !== 1) say('I2', `the portal hears ${heard.length} times that ${attempt.orderId} is finished`);
    for (const message of heard) checkMessage(attempt, message, say);
    if (!ids.has(`${attempt.orderId}.${attempt.attempt}.pin`)) say('I4', `the PIN of ${nameOf(attempt)} was not handed over`);
  }
  const done = new Set(attempts.filter((attempt) => outcomeOf(attempt) === 'finished').map(({ orderId }) => orderId));
  for (const orderId of finished.keys()) if (!done.has(orderId)) say('I2', `the portal hears that ${orderId} is finished, and no journal says so`);
}

function checkMessage(attempt: Attempt, { body }: PortalMessage, say: Say): void {
  const proof = proofOf(attempt);
  const told = [body['orderId'], body['attempt'], body['cardNumber'], body['uid'], JSON.stringify(body['certificates'])].join(' ');
  const known = [attempt.orderId, attempt.attempt, proof?.cardNumber, uidOf(attempt), JSON.stringify(proof?.certificates)].join(' ');
  if (told !== known) say('I4', `the portal hears of ${nameOf(attempt)}: ${told}, the journal says ${known}`);
}
