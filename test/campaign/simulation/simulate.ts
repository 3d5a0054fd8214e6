import type { FaultCode } from '../../../drivers/contracts/fault.ts';
import { muteInside, PANELS_A_CARD, printers, swapByHand, takeByHand, type ModelCard } from '../../unit/daemon/produce/model-world.ts';
import { dice, type Dice } from '../fault-deck.ts';
import { ClaimServer, type ClaimMemory } from './claim-server.ts';
import { serialOf, SimulatedStation, type SharedServer } from './simulated-station.ts';
import { SimulatedQueue } from './simulated-queue.ts';

/** How a simulation is told: sizes, and for tests of it what is left out of the product. */
export interface SimulationOptions {
  readonly orders: number;
  /** Small steps of all stations while things go wrong, a card each so many. */
  readonly stormSteps: number;
  readonly withoutBarrier?: boolean;
  /** Claims run out like locks: for the test that the simulation finds it. */
  readonly claimsRunOut?: boolean;
}

/** What one seed told. */
export interface SimulationTale {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly stations: number;
  readonly finished: number;
  readonly refused: number;
  readonly blanks: number;
  readonly faults: Readonly<Record<string, number>>;
}

/** A step takes a station about so long, in milliseconds: with it locks run out. */
const stepMs = 500;
const hourMs = 3_600_000;
/** I13: after the storm everything must end within so many steps an order. */
const calmStepsAnOrder = 400;
const oneFaultIn = 60;
const cardFaults: readonly FaultCode[] = ['LNK-TIMEOUT', 'ENC-VERIFY', 'PRN-JAM', 'LNK-CARD-GONE'];

type Fault = readonly [weight: number, name: string, deal: (story: Story, station: SimulatedStation) => void];

const faults: readonly Fault[] = [
  [24, 'station killed', (_story, station) => station.kill()],
  [8, 'station frozen beyond its lock', (story, station) => story.freeze(station)],
  [16, 'an act fails', (story, station) => station.fail(cardFaults[story.roll(0, cardFaults.length - 1)] ?? 'LNK-TIMEOUT')],
  [6, 'card taken out by hand', (_story, station) => { station.world = takeByHand(station.world); station.kill(); }],
  [3, 'card swapped by hand', (_story, station) => { station.world = swapByHand(station.world); station.kill(); }],
  [5, 'chip falls silent', (_story, station) => { station.world = muteInside(station.world); station.kill(); }],
  [10, 'server restarted', (story) => story.server.claims.restart()],
  [8, 'server rolled back', (story) => story.rollBack()],
  [4, 'server lost everything', (story) => story.forgetAll()],
  [6, 'server away', (story) => { story.server.claims.up = false; }],
  [5, 'clock of the server jumps', (story) => story.jump()],
  [5, 'order taken back', (story) => story.withdraw()],
];
const weights = faults.reduce((sum, [weight]) => sum + weight, 0);

/** Tells the story of one seed: a storm, then calm until everything has ended. */
export function simulate(seed: number, options: SimulationOptions): SimulationTale {
  return new Story(seed, options).tell();
}

class Story {
  readonly roll: Dice;
  readonly server: SharedServer & { claims: ClaimServer; queue: SimulatedQueue };
  readonly #seed: number;
  readonly #options: SimulationOptions;
  readonly #orderIds: readonly string[];
  readonly #stations: readonly SimulatedStation[];
  readonly #violations: string[] = [];
  readonly #faults: Record<string, number> = {};
  readonly #frozen = new Map<SimulatedStation, number>();
  #memory: { readonly claims: ClaimMemory; readonly jobs: ReturnType<SimulatedQueue['remember']> } | null = null;
  #now = 0;
  #ahead = 0;
  #tick = 0;

  constructor(seed: number, options: SimulationOptions) {
    this.#seed = seed;
    this.#options = options;
    this.roll = dice(seed);
    this.server = { claims: new ClaimServer(), queue: new SimulatedQueue(), now: () => this.#now + this.#ahead };
    this.#orderIds = Array.from({ length: options.orders }, (_, index) => `O${index}`);
    const ids = Array.from({ length: this.roll(2, 3) }, (_, index) => `st${index + 1}`);
    const say = (invariant: string, text: string): void => { if (this.#violations.length < 10) this.#violations.push(`${invariant} ${text}`); };
    const counters = ids.map(() => printers[this.roll(0, printers.length - 1)] ?? { name: '', fed: false, panels: false, trays: false });
    this.#stations = ids.map((id, index) => new SimulatedStation({ id, stations: ids, counters: counters[index] ?? { name: '', fed: false, panels: false, trays: false }, orderIds: this.#orderIds, say, withoutBarrier: options.withoutBarrier === true }, this.server));
    this.server.queue.add(this.#orderIds);
  }

  tell(): SimulationTale {
    for (let step = 0; step < this.#options.stormSteps && !this.#isOver(); step += 1) {
      this.#step();
      if (this.roll(1, oneFaultIn) === 1) this.#deal();
    }
    this.#calm();
    for (let left = calmStepsAnOrder * this.#orderIds.length; left > 0 && !this.#isOver(); left -= 1) this.#step();
    if (!this.#isOver()) this.#say('I13', `${this.#orderIds.filter((orderId) => !this.#isEnded(orderId)).join(' ')} do not come to an end`);
    this.#check();
    this.#checkRest();
    const outcomes = this.#orderIds.map((orderId) => this.#outcomesOf(orderId)[0] ?? 'refused');
    const of = (outcome: string): number => outcomes.filter((each) => each === outcome).length;
    return { seed: this.#seed, violations: this.#violations, stations: this.#stations.length, finished: of('finished'), refused: of('refused'), blanks: this.#stations.reduce((sum, { world }) => sum + world.fed, 0), faults: this.#faults };
  }

  freeze(station: SimulatedStation): void {
    this.#frozen.set(station, this.#tick + this.roll(200, 600));
  }

  rollBack(): void {
    if (this.#memory === null) return;
    this.server.claims.rollBack(this.#memory.claims);
    this.server.queue.rollBack(this.#memory.jobs);
  }

  forgetAll(): void {
    this.server.claims.forgetAll();
    this.server.queue.rollBack(new Map());
  }

  jump(): void {
    this.#ahead += this.roll(0, 1) === 0 ? hourMs : -hourMs;
  }

  withdraw(): void {
    const orderId = this.#orderIds[this.roll(0, this.#orderIds.length - 1)] ?? '';
    for (const station of this.#stations) if (station.journal.outcomeOf(orderId) !== 'finished') station.withdrawn.add(orderId);
  }

  /** One small step of one station; now and then the server's data is copied, as a backup or a replica does. */
  #step(): void {
    this.#tick += 1;
    this.#now += stepMs / this.#stations.length;
    if (this.roll(1, 500) === 1) this.#memory = { claims: this.server.claims.remember(), jobs: this.server.queue.remember() };
    if (!this.server.claims.up && this.roll(1, 80) === 1) {
      this.server.claims.restart();
      this.server.claims.up = true;
    }
    if (this.#options.claimsRunOut === true && this.roll(1, 400) === 1) this.#runOut();
    const station = this.#stations[this.roll(0, this.#stations.length - 1)];
    if (station === undefined || (this.#frozen.get(station) ?? 0) > this.#tick) return;
    if (!station.up && this.roll(1, 20) === 1) station.start();
    if (this.roll(1, 50) === 1) station.answer();
    station.step();
  }

  /** A claim that ends by time: what the product's never does. */
  #runOut(): void {
    const { claims } = this.server.claims.remember();
    const [orderId, claim] = [...claims][0] ?? [];
    if (orderId !== undefined && claim !== undefined) this.server.claims.release(orderId, claim.station, claim.fence);
  }

  #deal(): void {
    const station = this.#stations[this.roll(0, this.#stations.length - 1)];
    let card = this.roll(1, weights);
    const fault = faults.find(([weight]) => (card -= weight) <= 0);
    if (station === undefined || fault === undefined) return;
    const [, name, deal] = fault;
    this.#faults[name] = (this.#faults[name] ?? 0) + 1;
    deal(this, station);
  }

  #calm(): void {
    this.#frozen.clear();
    if (!this.server.claims.up) this.server.claims.restart();
    this.server.claims.up = true;
    for (const station of this.#stations) station.start();
  }

  #isOver(): boolean {
    return this.#stations.every(({ idle }) => idle);
  }

  #isEnded(orderId: string): boolean {
    return this.#outcomesOf(orderId).some((outcome) => outcome === 'finished' || outcome === 'refused') || this.#isWithdrawnUntouched(orderId);
  }

  #isWithdrawnUntouched(orderId: string): boolean {
    return this.#stations.every(({ journal, withdrawn }) => !journal.attempts.has(orderId) && withdrawn.has(orderId));
  }

  #outcomesOf(orderId: string): readonly string[] {
    return this.#stations.flatMap(({ journal }) => journal.outcomeOf(orderId) ?? []);
  }

  #say(invariant: string, text: string): void {
    if (this.#violations.length < 10) this.#violations.push(`${invariant} ${text}`);
  }

  /** I1 to I6 and I8, from the worlds and the journals. */
  #check(): void {
    this.#orderIds.forEach((orderId, index) => this.#checkOrder(orderId, index));
    for (const { id, world } of this.#stations) {
      const cards = [...world.output, ...world.reject, ...world.taken, ...(world.inside === null ? [] : [world.inside])];
      for (const card of cards) if (card.passes > 1) this.#say('I5', `card ${card.uid} at ${id} was printed ${card.passes} times`);
      if (cards.filter(({ stranger }) => !stranger).length !== world.fed) this.#say('I6', `${id}: ${world.fed} blanks fed, ${cards.length} found`);
    }
    const highest = Math.max(0, ...this.#stations.map(({ journal }) => journal.highestFence));
    if (this.server.claims.fence < highest) this.#say('I8', `the fence counter stands at ${this.server.claims.fence}, ${highest} was given`);
  }

  #checkOrder(orderId: string, index: number): void {
    const good = this.#stations.flatMap(({ world }) => world.output.filter(({ owner }) => owner !== null && Math.floor(owner / 100) === index));
    const finished = this.#outcomesOf(orderId).filter((outcome) => outcome === 'finished').length;
    if (good.length > 1) this.#say('I1', `${orderId} has ${good.length} cards`);
    if (good.length !== finished) this.#say('I1', `${orderId} has ${good.length} cards and was finished ${finished} times`);
    if (!this.#isEnded(orderId)) this.#say('I2', `${orderId} has no end`);
    for (const card of good) if (!isGood(card)) this.#say('I4', `the card of ${orderId} is not good`);
    const fences = new Set(this.#stations.flatMap(({ journal }) => journal.attempts.get(orderId)?.map(({ attempt }) => serialOf(this.#orderIds, { orderId, attempt })) ?? []));
    const attempts = this.#stations.reduce((sum, { journal }) => sum + (journal.attempts.get(orderId)?.length ?? 0), 0);
    if (fences.size !== attempts) this.#say('I1', `${orderId} was worked on by two stations`);
  }

  /** I11: every station once more from the start changes nothing. */
  #checkRest(): void {
    if (this.#violations.length > 0) return;
    const count = (): string => this.#stations.map(({ journal, world }) => `${journal.records}/${world.fed}/${world.output.length}`).join(' ');
    const before = count();
    for (const station of this.#stations) { station.kill(); station.start(); }
    this.server.claims.restart();
    for (let left = 200 * this.#stations.length; left > 0; left -= 1) this.#step();
    if (count() !== before) this.#say('I11', `recovering once more changed ${before} to ${count()}`);
  }
}

function isGood({ panels, encoded, halfDone, stranger }: ModelCard): boolean {
  return panels === PANELS_A_CARD && encoded.length === 2 && halfDone === null && !stranger;
}
