import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { provenOf } from '../../../../daemon/produce/announced-step.ts';
import { foldAttempt, type AttemptState } from '../../../../daemon/produce/attempt-state.ts';
import { answerHold, openHolds } from '../../../../daemon/produce/answer-hold.ts';
import { next } from '../../../../daemon/produce/next.ts';
import type { Knowledge } from '../../../../daemon/produce/order-effect.ts';
import { currentAttempt } from '../../../../daemon/produce/produce-order.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import type { FaultCode } from '../../../../drivers/contracts/fault.ts';
import type { Journal } from '../../../../queue/journal/journal.ts';
import { openSqliteJournal } from '../../../../queue/journal/sqlite-journal.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { chipOf, emptyWorld, evidenceOf, microSteps, muteInside, printers, proofsOf, takeByHand, type ModelWorld } from './model-world.ts';

const orderIds = ['O1', 'O2', 'O3'];
const [, counters = { name: '', fed: true, panels: true, trays: false }] = printers;
const MOST_ATTEMPTS = 4;

/** What must be true whatever happened: a plain account of plastic by order, kept beside the product. */
interface Account {
  readonly good: Map<string, number>;
}

/** A station on a real journal with a machine of the model; it works on one order at a time and may die after any small step. */
class Station {
  readonly #path: string;
  journal: Journal;
  world: ModelWorld = emptyWorld;
  #inHand: string | null = null;
  /** `sure`, or why the world must be asked: after this fault, or after a death. */
  #doubt: FaultCode | 'died' | 'sure' = 'sure';

  constructor(path: string) {
    this.#path = path;
    this.journal = openSqliteJournal({ path, clock: systemClock });
  }

  /** Works on an order for so many small steps, then the process dies and its journal is opened anew. */
  work(orderId: string, steps: number, fault: FaultCode | null): void {
    const open = this.journal.openAttempts()[0]?.orderId ?? orderId;
    if (this.#inHand !== open) this.#doubt = 'died';
    this.#inHand = open;
    let left = steps;
    while (left > 0) {
      const done = this.#effect(open, left);
      if (done === null) break;
      left -= done;
    }
    this.#doubt = fault ?? 'died';
    if (fault === null) this.reopen();
  }

  /** One effect, or as much of it as there are steps left; null when the order is over or waits for a person. */
  #effect(orderId: string, left: number): number | null {
    const key = currentAttempt(this.journal.recordsOf(orderId), { orderId, fence: orderIds.indexOf(orderId) + 1 });
    const own = this.journal.recordsOf(orderId).filter(({ attempt }) => attempt === key.attempt);
    if (own.length === 0) this.journal.append(key, { kind: 'claimed', payloadDigest: 'd' });
    const state = foldAttempt(own.map(({ entry }) => entry));
    const effect = next(state, own.length === 0 ? { kind: 'sure' } : this.#known(state), { steps: ['mifare', 'piv'], attemptsLeft: MOST_ATTEMPTS - key.attempt });
    if (effect.do === 'end' || effect.do === 'await-answer') return null;
    if (effect.do === 'pause') {
      this.world = takeByHand(this.world);
      this.#doubt = 'died';
      return 1;
    }
    const serial = (orderIds.indexOf(orderId) + 1) * 100 + key.attempt;
    const steps = microSteps(effect, serial, counters);
    for (const step of steps.slice(0, left)) {
      if ('write' in step) this.journal.append(key, step.write(this.world));
      else this.world = step.change(this.world, serial);
    }
    this.#doubt = 'sure';
    return steps.length;
  }

  /** A person answers every hold with where the card really lies. */
  answer(): void {
    for (const hold of openHolds(this.journal)) {
      if (hold.question === 'whose-card-is-inside') this.world = takeByHand(this.world);
      const found = this.world.output.some(({ uid }) => uid === hold.uid) ? 'in-output' : 'destroyed';
      answerHold(this.journal, hold.orderId, hold.answers.find((answer) => answer === found) ?? 'destroyed', 'person');
    }
    this.#doubt = 'died';
  }

  reopen(): void {
    this.journal[Symbol.dispose]();
    this.journal = openSqliteJournal({ path: this.#path, clock: systemClock });
    this.#doubt = 'died';
  }

  #known(state: AttemptState): Knowledge {
    if (this.#doubt === 'sure') return { kind: 'sure' };
    const evidence = evidenceOf(this.world, counters);
    return { kind: 'asked', evidence, proven: provenOf(proofsOf(counters), state, evidence), chip: chipOf(this.world), fault: this.#doubt === 'died' ? null : this.#doubt };
  }
}

/** After every command: never two cards of an order in the output, and no order finished without its card. */
function check(model: Account, { journal, world }: Station): void {
  for (const orderId of orderIds) {
    const uids = new Set(journal.recordsOf(orderId).flatMap(({ entry }) => (entry.kind === 'identified' ? [entry.uid] : [])));
    const good = world.output.filter(({ uid }) => uids.has(uid)).length;
    expect(good).toBeLessThanOrEqual(1);
    expect(good).toBeGreaterThanOrEqual(model.good.get(orderId) ?? 0);
    model.good.set(orderId, good);
    if (journal.outcomeOf(orderId)?.outcome === 'finished') expect(good).toBe(1);
  }
  expect(journal.verify().brokenAt).toBeNull();
  expect(world.fed).toBe([...world.output, ...world.reject, ...world.taken].length + (world.inside === null ? 0 : 1));
}

/** A command: its name for the story that is told when it fails, and what it does to the station. */
function command(name: string, act: (station: Station) => void): fc.Command<Account, Station> {
  return {
    check: () => true,
    run: (model, station) => {
      act(station);
      check(model, station);
    },
    toString: () => name,
  };
}

const commands = [
  fc.tuple(fc.constantFrom(...orderIds), fc.integer({ min: 1, max: 40 }), fc.constantFrom<FaultCode | null>(null, null, 'LNK-TIMEOUT', 'ENC-VERIFY', 'PRN-JAM')).map(([orderId, steps, fault]) => command(`work ${orderId} ${steps} ${fault ?? 'dies'}`, (station) => station.work(orderId, steps, fault))),
  fc.constant(command('answer', (station) => station.answer())),
  fc.constant(command('take by hand, dies', (station) => { station.world = takeByHand(station.world); station.reopen(); })),
  fc.constant(command('chip falls silent, dies', (station) => { station.world = muteInside(station.world); station.reopen(); })),
];

describe('order machine and journal under any story', () => {
  test('never two cards, never one lost, over 25 stories of up to 15 commands', { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder('machine-model');
    let story = 0;
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 15 }), (told) => {
        story += 1;
        const station = new Station(join(folder.path, `journal-${story}.sqlite`));
        try {
          fc.modelRun(() => ({ model: { good: new Map<string, number>() }, real: station }), told);
          const isOver = (orderId: string): boolean => /^(finished|held)$/.test(station.journal.outcomeOf(orderId)?.outcome ?? '');
          for (let round = 0; round < 40 && !orderIds.every(isOver); round += 1) {
            for (const orderId of orderIds) station.work(orderId, 400, 'LNK-TIMEOUT');
            station.answer();
          }
          expect(orderIds.filter((orderId) => !isOver(orderId))).toEqual([]);
          check({ good: new Map() }, station);
        } finally {
          station.journal[Symbol.dispose]();
        }
      }),
      { numRuns: 25, seed: 20_261_122 },
    );
  });
});
