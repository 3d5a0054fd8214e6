import { provenOf } from '../../../../daemon/produce/announced-step.ts';
import { advance, foldAttempt, type AttemptState } from '../../../../daemon/produce/attempt-state.ts';
import { holdTexts } from '../../../../daemon/produce/hold-question.ts';
import type { Knowledge, OrderEffect, OrderFacts } from '../../../../daemon/produce/order-effect.ts';
import type { FaultCode } from '../../../../drivers/contracts/fault.ts';
import { chipOf, emptyWorld, evidenceOf, muteInside, PANELS_A_CARD, proofsOf, swapByHand, takeByHand, type Counters, type MicroStep, type ModelCard, type ModelWorld } from './model-world.ts';

/** The order machine under exploration, and what its effects are made of; a mutant exchanges one of them. */
export interface Subject {
  readonly next: (state: AttemptState, known: Knowledge, facts: OrderFacts) => OrderEffect;
  readonly steps: (effect: OrderEffect, attempt: number, counters: Counters) => readonly MicroStep[];
}

/** What can go wrong in a history, besides nothing. */
export interface Troubles {
  /** How many troubles one history may have. */
  readonly most: number;
  /** Whether acts also fail without the process dying. */
  readonly faults: boolean;
}

export type Cost = Readonly<Record<string, number>>;

export interface Tally {
  /** Different stories, counted; moments that look alike are looked at once. */
  histories: number;
  readonly moments: number;
  /** How often cards were scrapped, persons asked and stations paused, by reason, over all different moments: to compare one machine with another. */
  readonly cost: Cost;
  /** Each begins with the invariant that is broken (queue.md 4.2). */
  readonly violations: readonly string[];
}

/** One moment of a history: the attempt's state as its journal folds, the world, what the process knows, and what may still come. */
interface Moment {
  readonly state: AttemptState;
  readonly attempt: number;
  readonly world: ModelWorld;
  readonly known: Knowledge;
  readonly left: number;
  readonly withdrawn: boolean;
  /** Steps since the last trouble: a machine that goes round in circles is found by it. */
  readonly steps: number;
}

const MOST_STEPS = 120;
const MOST_ATTEMPTS = 8;
const fresh = foldAttempt([{ kind: 'claimed', payloadDigest: 'd' }]);
/** A passing fault, one that a person mends, one that scraps the card, one of the station, a wrong card, a printer that was unclear, a card that lost the field. */
const faults: readonly FaultCode[] = ['LNK-TIMEOUT', 'PRN-JAM', 'ENC-VERIFY', 'KEY-UNAVAILABLE', 'ENC-WRONG-BLANK', 'PRN-UNKNOWN', 'LNK-CARD-GONE'];
/** What only planning can find wrong with an order. */
const faultsOfPlanning: readonly FaultCode[] = [...faults, 'ORD-TEXT-TOO-LONG'];
const answers = { output: 'in-output', reject: 'in-reject' } as const;

/**
 * A short name that two moments share only when all that follows is the same: counters count from the last announced
 * act, and cards of former attempts matter only in how many there are and whether one was spoilt.
 */
function keyOf({ state, attempt, world, known, left, withdrawn }: Moment): string {
  const { before, ejection, hold } = state;
  const acts = state.openActs.map(({ act, effect }) => act + effect).join();
  const since = [grown(world.fed, before?.cardsFed), grown(world.panels, before?.panelsPrinted), grown(world.output.length, before?.cardsToOutput), grown(world.reject.length, before?.cardsToReject)].join();
  const journal = `${state.stage}|${state.uid === null ? 0 : 1}|${state.encoded.join()}|${state.step ?? ''}${state.stepTries}|${acts}|${since}|${ejection?.to ?? ''}${ejection?.reason ?? ''}|${state.crosschecked ? 1 : 0}|${hold?.question ?? ''}${hold?.reason ?? ''}|${state.answer ?? ''}|${state.outcome ?? ''}|${state.plan === null ? 0 : 1}`;
  const asked = known.kind === 'sure' ? 's' : `${known.fault ?? ''},${known.evidence?.position ?? '-'},${known.chip === null ? 0 : 1}`;
  const places = [world.inside === null ? [] : [world.inside], world.output, world.reject, world.taken].map((cards) => placeOf(cards, state.uid)).join('/');
  return `${journal}#${attempt},${left},${withdrawn ? 1 : 0}#${asked}#${places}`;
}

/** What a person may have done to the machine meanwhile; into one that just let its good card go they may also lay another, with a chip or a silent one. */
function meddledWith({ state, world }: Moment): readonly ModelWorld[] {
  if (world.inside !== null) return [world, takeByHand(world), swapByHand(world), muteInside(world)];
  if (state.stage !== 'eject-intent') return [world];
  return [world, swapByHand(world), muteInside(swapByHand(world))];
}

function grown(now: number, before: number | null | undefined): string {
  return before === null || before === undefined ? '' : String(now - before);
}

function placeOf(cards: readonly ModelCard[], uid: string | null): string {
  const own = cards.find((card) => card.uid === uid) ?? null;
  const others = cards.filter((card) => card !== own);
  const spoilt = others.filter((card) => card.passes > 1).length;
  return `${own === null ? '' : nameOf(own)}+${others.map((card) => (card.owner === null ? nameOf(card) : 'old')).toSorted().join()}${spoilt > 0 ? '!' : ''}`;
}

function nameOf(card: ModelCard): string {
  return `${card.owner === null ? 'n' : 'o'}${card.encoded.join('')}.${card.halfDone ?? ''}.${card.panels}.${card.passes}${card.mute ? 'm' : ''}${card.stranger ? 's' : ''}`;
}

/** Tells every history with at most so many troubles, at every step of every effect. */
export function exploreHistories(subject: Subject, counters: Counters, troubles: Troubles): Tally {
  return new Exploration(subject, counters, troubles).run();
}

class Exploration {
  readonly #subject: Subject;
  readonly #counters: Counters;
  readonly #troubles: Troubles;
  readonly #seen = new Map<string, number>();
  readonly #violations: string[] = [];
  readonly #trail: string[] = [];
  readonly #cost: Record<string, number> = {};

  constructor(subject: Subject, counters: Counters, troubles: Troubles) {
    this.#subject = subject;
    this.#counters = counters;
    this.#troubles = troubles;
  }

  run(): Tally {
    const histories = this.#from({ state: fresh, attempt: 1, world: emptyWorld, known: { kind: 'sure' }, left: this.#troubles.most, withdrawn: false, steps: 0 });
    return { histories, moments: this.#seen.size, cost: this.#cost, violations: this.#violations };
  }

  #say(invariant: string, text: string): number {
    if (this.#violations.length < 20) this.#violations.push(`${invariant} ${text}: ${this.#trail.slice(-30).join(' ')}`);
    return 1;
  }

  /** How many histories go on from here; each moment is looked at once. */
  #from(moment: Moment): number {
    if (moment.steps > MOST_STEPS || moment.attempt > MOST_ATTEMPTS) return this.#say('I13', `does not end, stands at ${moment.state.stage}`);
    const key = keyOf(moment);
    const before = this.#seen.get(key);
    if (before !== undefined) return before;
    this.#seen.set(key, 0); // a circle without a trouble in it comes back here, and is found by its steps below
    const effect = this.#subject.next(moment.state, moment.known, { steps: ['mifare', 'piv'], attemptsLeft: MOST_ATTEMPTS - 2 - moment.attempt, withdrawn: moment.withdrawn });
    this.#trail.push(effect.do);
    const histories = this.#carryOut({ ...moment, steps: moment.steps + 1 }, effect);
    this.#trail.pop();
    this.#seen.set(key, histories);
    return histories;
  }

  #carryOut(moment: Moment, effect: OrderEffect): number {
    if ('reason' in effect) this.#pay(`${effect.do} ${effect.reason ?? ''}`);
    switch (effect.do) {
      case 'end':
        return this.#ended(moment);
      case 'pause':
        return this.#paused(moment, effect.reason);
      case 'await-answer':
        return this.#answered(moment);
      case 'plan':
      case 'feed':
      case 'identify':
      case 'encode':
      case 'print':
      case 'crosscheck':
      case 'eject':
      case 'record':
      case 'hold':
      case 'settle':
        return this.#acted(moment, effect);
    }
  }

  #pay(what: string): void {
    this.#cost[what] = (this.#cost[what] ?? 0) + 1;
  }

  /** Step by step, with every trouble between any two. */
  #acted(start: Moment, effect: OrderEffect): number {
    let moment = start;
    let histories = this.#failing(moment, effect);
    for (const step of this.#subject.steps(effect, moment.attempt, this.#counters)) {
      moment = this.#stepped(moment, step);
      histories += this.#dying(moment) + this.#failing(moment, effect);
    }
    return histories + this.#from({ ...moment, known: { kind: 'sure' } });
  }

  #stepped(moment: Moment, step: MicroStep): Moment {
    if ('write' in step) {
      const entry = step.write(moment.world);
      if (entry.kind === 'identified' && moment.world.inside !== null) {
        const { owner } = moment.world.inside;
        if (owner !== null && owner !== moment.attempt) this.#say('I3', `chip ${entry.uid} was attempt ${owner}'s`);
      }
      return { ...moment, state: advance(moment.state, entry) };
    }
    if (moment.state.stage !== step.needs) this.#say('I7', `something moved at ${moment.state.stage} that needs ${step.needs}`);
    const world = step.change(moment.world, moment.attempt);
    const good = world.output.at(-1);
    if (good !== undefined && world.output.length > moment.world.output.length && (good.owner !== moment.attempt || good.uid !== moment.state.uid)) this.#say('I4', `card ${good.uid} of attempt ${good.owner ?? 0} went out for attempt ${moment.attempt}`);
    return { ...moment, world };
  }

  /** The process dies; meanwhile a person may meddle, the chip may fall silent, the order may be taken back, the printer may be away for a while. */
  #dying(moment: Moment): number {
    if (moment.left === 0) return 0;
    const dead = { ...moment, left: moment.left - 1, steps: 0 };
    const worlds = meddledWith(moment);
    let histories = 0;
    for (const world of worlds) {
      this.#trail.push('DIED');
      histories += this.#from({ ...dead, world, known: this.#asked(dead.state, world, null) });
      this.#trail.pop();
    }
    histories += this.#from({ ...dead, known: { kind: 'asked', evidence: null, proven: 'held', chip: null, fault: null } });
    return histories + this.#from({ ...dead, withdrawn: true, known: this.#asked(moment.state, moment.world, null) });
  }

  /** The act fails here with each kind of fault; the process lives and asks the world. */
  #failing(moment: Moment, effect: OrderEffect): number {
    if (!this.#troubles.faults || moment.left === 0 || effect.do === 'record' || effect.do === 'hold' || effect.do === 'settle') return 0;
    let histories = 0;
    for (const fault of effect.do === 'plan' ? faultsOfPlanning : faults) {
      this.#trail.push(fault);
      histories += this.#from({ ...moment, left: moment.left - 1, steps: 0, known: this.#asked(moment.state, moment.world, fault) });
      this.#trail.pop();
    }
    return histories;
  }

  #asked(state: AttemptState, world: ModelWorld, fault: FaultCode | null): Knowledge {
    const told = evidenceOf(world, this.#counters);
    // A card that is stuck lies nowhere in particular.
    const evidence = fault === 'PRN-JAM' && world.inside !== null ? { ...told, position: 'unknown' as const } : told;
    return { kind: 'asked', evidence, proven: provenOf(proofsOf(this.#counters), state, evidence), chip: chipOf(world), fault };
  }

  /** A person mends the machine, takes a card out that is stuck or belongs to nobody, and starts the station again. */
  #paused(moment: Moment, reason: FaultCode): number {
    const world = reason === 'PRN-JAM' || reason === 'PRN-UNKNOWN' ? takeByHand(moment.world) : moment.world;
    return this.#from({ ...moment, world, known: this.#asked(moment.state, world, null) });
  }

  /** The person who answers a hold looks where the card of the attempt really is; every legal answer must end the hold (I12). */
  #answered(moment: Moment): number {
    const question = moment.state.hold?.question ?? '';
    const legal: readonly string[] = Object.hasOwn(holdTexts, question) ? holdTexts[question as keyof typeof holdTexts].answers : [];
    if (legal.length < 2) return this.#say('I12', `the hold asks ${question}`);
    for (const answer of legal) if (!this.#ends(moment, answer)) this.#say('I12', `${answer} does not end the hold ${question}`);
    const place = (['output', 'reject'] as const).find((tray) => moment.world[tray].some(({ uid }) => uid === moment.state.uid));
    const answer = place === undefined ? 'destroyed' : answers[place];
    if (!legal.includes(answer)) return this.#say('I12', `${question} cannot be answered with the truth, ${answer}`);
    const world = question === 'whose-card-is-inside' ? takeByHand(moment.world) : moment.world;
    return this.#from({ ...moment, world, state: advance(moment.state, { kind: 'answered', answer, by: 'person' }), known: { kind: 'sure' } });
  }

  #ends(moment: Moment, answer: string): boolean {
    const effect = this.#subject.next(advance(moment.state, { kind: 'answered', answer, by: 'person' }), { kind: 'sure' }, { steps: [], attemptsLeft: 1 });
    return effect.do === 'record' && effect.entry.kind === 'ejected';
  }

  #ended(moment: Moment): number {
    const { state, world } = moment;
    this.#checkRest(moment);
    if (state.outcome === 'again') return this.#from({ ...moment, state: fresh, attempt: moment.attempt + 1, steps: 0, known: this.#asked(fresh, world, null) });
    const [good, ...more] = world.output;
    if (more.length > 0) this.#say('I1', `${world.output.length} cards in the output`);
    if (state.outcome === null) this.#say('I2', 'ended without an outcome');
    if (state.outcome === 'finished' && good === undefined) this.#say('I1', 'finished without a card');
    if (state.outcome !== 'finished' && good !== undefined) this.#say('I1', `${state.outcome ?? 'open'} with a card in the output`);
    if (good !== undefined && (good.panels !== PANELS_A_CARD || good.encoded.length !== 2 || good.halfDone !== null)) this.#say('I4', 'the good card is not good');
    for (const card of [...world.output, ...world.reject, ...world.taken]) if (card.passes > 1) this.#say('I5', `card ${card.uid} was printed ${card.passes} times`);
    const own = [...world.output, ...world.reject, ...world.taken, ...(world.inside === null ? [] : [world.inside])].filter(({ stranger }) => !stranger);
    if (own.length !== world.fed) this.#say('I6', `${world.fed} blanks fed, ${own.length} found`);
    // One that was laid in by hand is found at the next feed.
    if (world.inside !== null && !world.inside.stranger) this.#say('I6', 'a card is left inside');
    return 1;
  }

  /** I11: what has ended stays ended, however often it is asked. */
  #checkRest({ state, world }: Moment): void {
    for (const known of [{ kind: 'sure' } as const, this.#asked(state, world, null), this.#asked(state, world, 'LNK-TIMEOUT')]) {
      const effect = this.#subject.next(state, known, { steps: ['mifare', 'piv'], attemptsLeft: 1 });
      if (effect.do !== 'end') this.#say('I11', `after the end comes ${effect.do}`);
    }
  }
}
