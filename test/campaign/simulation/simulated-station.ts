import { provenOf } from '../../../daemon/produce/announced-step.ts';
import { holdTexts } from '../../../daemon/produce/hold-question.ts';
import { next } from '../../../daemon/produce/next.ts';
import type { HoldQuestion, Knowledge, OrderEffect } from '../../../daemon/produce/order-effect.ts';
import type { FaultCode } from '../../../drivers/contracts/fault.ts';
import type { EvidenceTable } from '../../../drivers/contracts/evidence-table.ts';
import { isFinal } from '../../../queue/journal/journal-fold.ts';
import { chipOf, emptyWorld, evidenceOf, microSteps, proofsOf, takeByHand, type Counters, type MicroStep, type ModelWorld } from '../../unit/daemon/produce/model-world.ts';
import type { ClaimServer } from './claim-server.ts';
import { SimulatedJournal, type SimulatedAttempt } from './simulated-journal.ts';
import type { SimulatedQueue } from './simulated-queue.ts';

/** Blanks an order may use before a person is asked. */
const mostAttempts = 4;

/** What all stations share. `clock` is the queue server's, which can jump. */
export interface SharedServer {
  readonly claims: ClaimServer;
  readonly queue: SimulatedQueue;
  now(): number;
}

/** What a station of a simulation is put together from; tests of the simulation change it. */
export interface StationMakeup {
  readonly id: string;
  readonly stations: readonly string[];
  readonly counters: Counters;
  readonly orderIds: readonly string[];
  readonly say: (invariant: string, text: string) => void;
  /** Skips the barrier: for the test that a simulation finds its lack. */
  readonly withoutBarrier?: boolean;
}

/** The work in hand: an attempt, what is left of its present effect, and the job that woke the station. */
interface Work {
  readonly orderId: string;
  readonly fence: number;
  known: Knowledge;
  steps: MicroStep[];
  /** Whether the steps are of an act of the machine, which can fail. */
  acts: boolean;
}

/**
 * One station of a simulation: the product's order machine on a journal and a printer in memory, one small step at a
 * time, by the rules of its order handler. It may die between any two steps; journal and plastic live on.
 */
export class SimulatedStation {
  readonly #makeup: StationMakeup;
  readonly #server: SharedServer;
  readonly #proofs: EvidenceTable;
  readonly journal = new SimulatedJournal();
  readonly withdrawn = new Set<string>();
  world: ModelWorld = emptyWorld;
  up = true;
  #work: Work | null = null;
  #job: string | null = null;
  /** Claimed and not yet in the journal: lost when the station dies. */
  #inHand = new Map<string, number>();
  /** Set while it has told a server what it owns; a new run of the server makes it tell again. */
  #toldRun = 0;
  /** Orders that this station knows to be over. */
  readonly #over = new Set<string>();

  constructor(makeup: StationMakeup, server: SharedServer) {
    this.#makeup = makeup;
    this.#server = server;
    this.#proofs = proofsOf(makeup.counters);
  }

  get id(): string {
    return this.#makeup.id;
  }

  /** Whether nothing is left to do or to tell, as far as it knows. */
  get idle(): boolean {
    return this.up && this.#toldRun === this.#server.claims.run && this.#work === null && this.journal.openAttempts().length === 0 && this.journal.unreported().length === 0 && this.#makeup.orderIds.every((orderId) => this.#isOver(orderId));
  }

  /** `kill -9`: what is not in the journal is forgotten. */
  kill(): void {
    this.up = false;
    this.#work = null;
    this.#job = null;
    this.#inHand = new Map();
    this.#toldRun = 0;
    this.#over.clear();
  }

  start(): void {
    this.up = true;
  }

  /** The running act fails here with a fault; the process lives and asks the world. */
  fail(fault: FaultCode): void {
    if (this.#work === null || this.#work.steps.length === 0 || !this.#work.acts) return;
    this.#work.steps = [];
    this.#work.known = this.#asked(this.#attemptOf(this.#work), fault);
  }

  /** The person at this station answers every hold with where the card really lies. */
  answer(): void {
    for (const attempt of this.journal.openAttempts()) {
      const { state } = attempt;
      if (state.stage !== 'held' || state.hold === null) continue;
      const question = state.hold.question as HoldQuestion;
      // Nobody reaches into a machine that is making a card.
      if (question === 'whose-card-is-inside' && this.#work !== null) continue;
      if (question === 'whose-card-is-inside') this.world = takeByHand(this.world);
      const place = this.world.output.some(({ uid }) => uid === state.uid) ? 'in-output' : this.world.reject.some(({ uid }) => uid === state.uid) ? 'in-reject' : 'destroyed';
      const answer = question === 'another-blank' ? 'remake' : place;
      if (!holdTexts[question].answers.some((legal) => legal === answer)) this.#makeup.say('I12', `${attempt.orderId}: ${question} cannot be answered with the truth, ${answer}`);
      this.#write(attempt, { kind: 'answered', answer, by: 'person' });
    }
  }

  /** One small step of whatever is due. */
  step(): void {
    if (!this.up) return;
    if (this.#job !== null && this.#server.claims.up) this.#server.queue.renew(this.#job, this.id, this.#server.now());
    if (this.#work === null) this.#findWork();
    else if (this.#work.steps.length > 0) this.#smallStep(this.#work);
    else this.#decide(this.#work);
  }

  /** What is open goes on before anything else and asks no server; only then the queue is looked at. */
  #findWork(): void {
    const open = this.#nextOpen();
    if (open !== null) this.#begin(open.orderId, open.fence, this.#asked(open, null));
    else if (this.#server.claims.up && this.#tell()) this.#takeJob();
  }

  #nextOpen(): SimulatedAttempt | null {
    return this.journal.openAttempts().find(({ state }) => state.stage !== 'held') ?? null;
  }

  /** Tells a server that was started anew what this station owns, reports what is not reported; true when it had to do neither. */
  #tell(): boolean {
    const { claims } = this.#server;
    if (this.#toldRun !== claims.run) {
      const owned = this.journal.owned();
      const known = new Set(owned.map(({ orderId }) => orderId));
      const onlyClaimed = [...this.#inHand].flatMap(([orderId, fence]) => (known.has(orderId) ? [] : [{ orderId, fence, outcome: null }]));
      claims.publish(this.id, [...owned, ...onlyClaimed], this.journal.highestFence);
      if (this.#toldRun === 0) this.#server.queue.handBack(this.id);
      this.#toldRun = claims.run;
      return false;
    }
    const [unreported] = this.journal.unreported();
    if (unreported === undefined) return true;
    this.#report(unreported);
    return false;
  }

  #report(attempt: SimulatedAttempt): void {
    const outcome = attempt.state.outcome ?? 'again';
    if (outcome !== 'again' && !this.#server.claims.finish(attempt.orderId, this.id, attempt.fence, outcome)) this.#makeup.say('I1', `${attempt.orderId} was ended by ${this.id}, and the claim server says another's`);
    this.#write(attempt, { kind: 'reported', outcome });
  }

  #takeJob(): void {
    const { queue } = this.#server;
    const orderId = queue.take(this.id, this.#server.now());
    if (orderId === null) {
      this.#hearOfOthers();
      queue.add(this.#makeup.orderIds.filter((each) => !this.#isOver(each)));
      return;
    }
    this.#job = orderId;
    this.#wake(orderId);
  }

  #wake(orderId: string): void {
    const known = this.journal.outcomeOf(orderId);
    const isUntouched = !this.journal.attempts.has(orderId);
    if ((known !== null && known !== 'again') || (this.withdrawn.has(orderId) && isUntouched)) return this.#endJob('done');
    const { claims } = this.#server;
    const answer = claims.claim(orderId, this.id, this.#makeup.withoutBarrier === true ? [] : this.#makeup.stations);
    switch (answer.kind) {
      case 'claimed':
        this.#inHand.set(orderId, answer.fence);
        return this.#begin(orderId, answer.fence, { kind: 'sure' });
      case 'done':
        return this.#endJob('done');
      case 'barrier':
      case 'foreign':
        return this.#endJob('later');
    }
  }

  #endJob(end: 'done' | 'later'): void {
    if (this.#job === null) return;
    if (end === 'done') {
      this.#server.queue.complete(this.#job, this.id);
      this.#over.add(this.#job);
    } else this.#server.queue.putOff(this.#job, this.id, this.#server.now());
    this.#job = null;
  }

  #hearOfOthers(): void {
    for (const orderId of this.#makeup.orderIds) if (!this.#over.has(orderId) && this.#server.claims.endOf(orderId) !== null) this.#over.add(orderId);
  }

  #isOver(orderId: string): boolean {
    const outcome = this.journal.outcomeOf(orderId);
    return isFinal(outcome) || outcome === 'held' || this.#over.has(orderId);
  }

  #begin(orderId: string, fence: number, known: Knowledge): void {
    const current = this.journal.currentAttempt(orderId, fence);
    this.#work = { orderId, fence: Math.max(fence, current.fence), known: current.records === 0 ? { kind: 'sure' } : known.kind === 'sure' ? this.#asked(current, null) : known, steps: [], acts: false };
    if (current.records === 0) this.#write({ ...current, fence }, { kind: 'claimed', payloadDigest: orderId });
  }

  #attemptOf({ orderId, fence }: Work): SimulatedAttempt {
    return this.journal.currentAttempt(orderId, fence);
  }

  #smallStep(work: Work): void {
    const step = work.steps.shift();
    const attempt = this.#attemptOf(work);
    if (step === undefined) return;
    if ('write' in step) return this.#write({ ...attempt, fence: work.fence }, step.write(this.world));
    if (attempt.state.stage !== step.needs) this.#makeup.say('I7', `${this.id}: something moved at ${attempt.state.stage} that needs ${step.needs}`);
    this.world = named(step.change(this.world, serialOf(this.#makeup.orderIds, attempt)), this.id);
  }

  /** The effect of the moment becomes small steps; one that ends the work ends it. */
  #decide(work: Work): void {
    const attempt = this.#attemptOf(work);
    if (attempt.records === 0) return this.#write({ ...attempt, fence: work.fence }, { kind: 'claimed', payloadDigest: work.orderId });
    const effect = next(attempt.state, work.known, { steps: ['mifare', 'piv'], attemptsLeft: mostAttempts - attempt.attempt, withdrawn: this.withdrawn.has(work.orderId) });
    const refused = this.#refusedAct(effect);
    work.known = refused === null ? { kind: 'sure' } : this.#asked(attempt, refused);
    if (refused === null) this.#carryOut(work, attempt, effect);
  }

  /** As `CardActs` has it: a card inside that nobody fed is found before a blank is announced, and another's tag when the chip is identified. */
  #refusedAct(effect: OrderEffect): FaultCode | null {
    if (effect.do === 'feed' && this.world.inside !== null) return 'PRN-UNKNOWN';
    return effect.do === 'identify' && this.world.inside?.stranger === true ? 'ENC-UID-USED' : null;
  }

  #carryOut(work: Work, attempt: SimulatedAttempt, effect: OrderEffect): void {
    switch (effect.do) {
      case 'pause':
        // A person mends the machine and takes out what is stuck or belongs to nobody.
        if (effect.reason === 'PRN-JAM' || effect.reason === 'PRN-UNKNOWN') this.world = takeByHand(this.world);
        work.known = this.#asked(attempt, null);
        return;
      case 'await-answer':
      case 'end':
        this.#inHand.delete(work.orderId);
        this.#work = null;
        return this.#endJob('done');
      case 'plan':
      case 'record':
      case 'hold':
      case 'settle':
      case 'feed':
      case 'identify':
      case 'encode':
      case 'print':
      case 'crosscheck':
      case 'eject':
        work.acts = !['plan', 'record', 'hold', 'settle'].includes(effect.do);
        work.steps = [...microSteps(effect, serialOf(this.#makeup.orderIds, attempt), this.#makeup.counters)];
    }
  }

  #write(attempt: SimulatedAttempt, entry: Parameters<SimulatedJournal['append']>[1]): void {
    const refusal = this.journal.append(attempt, entry);
    if (refusal === 'chip used') this.#makeup.say('I3', `${this.id}: the chip of ${attempt.orderId}#${attempt.attempt} had another`);
    else if (refusal !== null) this.#makeup.say('I7', `${this.id}: ${entry.kind} of ${attempt.orderId}#${attempt.attempt} is refused: ${refusal}`);
  }

  #asked({ state }: SimulatedAttempt, fault: FaultCode | null): Knowledge {
    const evidence = evidenceOf(this.world, this.#makeup.counters);
    return { kind: 'asked', evidence, proven: provenOf(this.#proofs, state, evidence), chip: chipOf(this.world), fault };
  }
}

/** A number that no other attempt of the simulation has at this station: order and attempt in one. */
export function serialOf(orderIds: readonly string[], { orderId, attempt }: Pick<SimulatedAttempt, 'orderId' | 'attempt'>): number {
  return orderIds.indexOf(orderId) * 100 + attempt;
}

/** Chips of two stations are two chips: the model numbers those of each station alike. */
function named(world: ModelWorld, stationId: string): ModelWorld {
  const { inside } = world;
  return inside === null || inside.uid.startsWith(stationId) ? world : { ...world, inside: { ...inside, uid: `${stationId}-${inside.uid}` } };
}
