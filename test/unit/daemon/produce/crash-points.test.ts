import { describe, expect, test } from 'vitest';
import { foldAttempt, type AttemptState } from '../../../../daemon/produce/attempt-state.ts';
import { next } from '../../../../daemon/produce/next.ts';
import type { Knowledge, OrderEffect } from '../../../../daemon/produce/order-effect.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';
import { chipOf, emptyWorld, evidenceOf, microSteps, PANELS_A_CARD, takeByHand, type ModelWorld } from './model-world.ts';

/** One moment of a history: the journal by attempt, the world, what the process knows, how many crashes may still come. */
interface Moment {
  readonly attempts: readonly (readonly JournalEntry[])[];
  readonly world: ModelWorld;
  readonly known: Knowledge;
  readonly crashes: number;
  readonly steps: number;
}

interface Tally {
  histories: number;
  readonly violations: string[];
}

const MOST_STEPS = 200;
const facts = (attempt: number) => ({ steps: ['mifare', 'piv'] as const, attemptsLeft: 6 - attempt });

function asked(world: ModelWorld): Knowledge {
  return { kind: 'asked', evidence: evidenceOf(world), chip: chipOf(world), fault: null };
}

/** A process dies; a person may take the card out before the next one starts. */
function crashesFrom(moment: Moment): readonly Moment[] {
  if (moment.crashes === 0) return [];
  const worlds = moment.world.inside === null ? [moment.world] : [moment.world, takeByHand(moment.world)];
  return worlds.map((world) => ({ ...moment, world, known: asked(world), crashes: moment.crashes - 1 }));
}

function current(moment: Moment): AttemptState {
  return foldAttempt(moment.attempts.at(-1) ?? []);
}

function write(moment: Moment, entry: JournalEntry): Moment {
  const own = [...(moment.attempts.at(-1) ?? []), entry];
  return { ...moment, attempts: [...moment.attempts.slice(0, -1), own] };
}

/** The person who answers a hold looks where the card of the attempt really is. */
function truth(moment: Moment): string {
  const { uid } = current(moment);
  if (uid !== null && moment.world.output.some((card) => card.uid === uid)) return 'in-output';
  return uid !== null && moment.world.reject.some((card) => card.uid === uid) ? 'in-reject' : 'destroyed';
}

function explore(moment: Moment, tally: Tally): void {
  if (moment.steps > MOST_STEPS) {
    tally.violations.push(`does not end: ${JSON.stringify(moment.attempts.at(-1)?.map((entry) => entry.kind))}`);
    return;
  }
  const effect = next(current(moment), moment.known, facts(moment.attempts.length));
  const ahead = { ...moment, steps: moment.steps + 1 };
  if (effect.do === 'end') finish(ahead, tally);
  else if (effect.do === 'pause') tally.violations.push(`paused without a fault: ${effect.reason} at ${current(moment).stage}`);
  else if (effect.do === 'await-answer') explore({ ...write(ahead, { kind: 'answered', answer: truth(ahead), by: 'person' }), known: { kind: 'sure' } }, tally);
  else carryOut(ahead, effect, tally);
}

function carryOut(start: Moment, effect: OrderEffect, tally: Tally): void {
  let moment = start;
  for (const step of microSteps(effect, moment.attempts.length)) {
    moment = 'write' in step ? write(moment, step.write(moment.world)) : { ...moment, world: step.change(moment.world) };
    for (const crashed of crashesFrom(moment)) explore(crashed, tally);
  }
  explore({ ...moment, known: { kind: 'sure' } }, tally);
}

function finish(moment: Moment, tally: Tally): void {
  const outcome = current(moment).outcome;
  if (outcome === 'again') return explore({ ...moment, attempts: [...moment.attempts, [{ kind: 'claimed', payloadDigest: 'd' }]], known: asked(moment.world) }, tally);
  tally.histories += 1;
  const { world } = moment;
  const say = (text: string): void => {
    tally.violations.push(`${text}: ${moment.attempts.map((attempt) => attempt.map((entry) => entry.kind).join(' ')).join(' | ')}`);
  };
  if (outcome === 'finished' && world.output.length !== 1) say(`finished with ${world.output.length} good cards`);
  if (outcome !== 'finished' && world.output.length !== 0) say(`${outcome} with a good card out`);
  if (world.fed !== world.output.length + world.reject.length + world.taken.length) say('blanks do not add up');
  const [good] = world.output;
  if (good !== undefined && (good.passes !== 1 || good.panels !== PANELS_A_CARD || good.encoded.length !== 2 || good.halfDone !== null)) say('the good card is not good');
  if ([...world.reject, ...world.taken].some((card) => card.passes > 1)) say('a card was printed twice');
}

function run(crashes: number): Tally {
  const tally: Tally = { histories: 0, violations: [] };
  explore({ attempts: [[{ kind: 'claimed', payloadDigest: 'd' }]], world: emptyWorld, known: { kind: 'sure' }, crashes, steps: 0 }, tally);
  return tally;
}

describe('the order machine under crashes', () => {
  test('makes exactly one good card when nothing goes wrong', () => {
    expect(run(0)).toEqual({ histories: 1, violations: [] });
  });

  test('never makes two cards, loses one, or prints one twice: every two crashes at every step, with the card taken by hand or not', () => {
    const tally = run(2);
    expect(tally.violations.slice(0, 5)).toEqual([]);
    expect(tally.histories).toBeGreaterThan(1_000);
  });
});
