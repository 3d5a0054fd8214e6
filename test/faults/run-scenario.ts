import { expect } from 'vitest';
import { holdTexts } from '../../daemon/produce/hold-question.ts';
import type { ProductionResult } from '../../daemon/produce/produce-order.ts';
import { faultSentence, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { JournalEntry } from '../../queue/journal/journal-entry.ts';
import { inWords, type FaultBench, type PartsChange, type SampleKind } from './fault-bench.ts';

/** One order under faults of the machine, and everything that must come of it. */
export interface Scenario {
  readonly title: string;
  /** Faults in the machine's words, armed when the order begins. */
  readonly faults: readonly string[];
  /** Kind of the order's card; `mifare+piv` unless given. */
  readonly kind?: SampleKind;
  /** What the station says, one after the other, while a person does what is needed after each. */
  readonly says: readonly string[];
  /** Reasons in the journal, in order: of rejections, holds and settled attempts. */
  readonly reasons: readonly FaultCode[];
  /** What became of the order's blanks, told by the machine; one good card unless given. */
  readonly blanks: { readonly rejected: number; readonly takenByHand: number; readonly good?: number };
}

/** What a test does beside arming faults: `prepare` before the station begins, `change` to the station's parts. */
export interface Play {
  readonly prepare?: (orderId: string) => Promise<void>;
  readonly change?: PartsChange;
}

/** Plays a scenario on a bench and holds station, journal and machine to it. Gives the order's id. */
export async function expectPlay(bench: FaultBench, scenario: Scenario, { prepare, change }: Play = {}): Promise<string> {
  const before = bench.checkPlastic();
  const orderId = await bench.newOrder(scenario.kind);
  await prepare?.(orderId);
  await bench.arm(...scenario.faults);
  const said = await bench.attend(orderId, await bench.produce(orderId, change));
  expect(said.map(inWords)).toEqual(scenario.says);
  expect(reasonsOf(bench.entries(orderId))).toEqual(scenario.reasons);
  expect(await bench.armed()).toEqual([]);
  for (const result of said) expectSentences(result);
  const after = bench.checkPlastic();
  expect(after.violations).toEqual([]);
  const { rejected, takenByHand, good = 1 } = scenario.blanks;
  expect({ rejected: after.rejected - before.rejected, takenByHand: after.takenByHand - before.takenByHand, good: after.good - before.good }).toEqual({ rejected, takenByHand, good });
  return orderId;
}

/** Every reason that stands in the journal, repeated ones of one rejection told once. */
function reasonsOf(entries: readonly JournalEntry[]): readonly FaultCode[] {
  return entries.flatMap((entry) => ((entry.kind === 'held' || entry.kind === 'settled') && entry.reason !== undefined ? [entry.reason] : []));
}

/** What the operator is told has words in both languages, with everything filled in. */
function expectSentences(result: ProductionResult): void {
  const sentences = result.kind === 'held' ? questionTexts(result.question) : result.kind === 'passed-on' || result.reason === null ? [] : faultTexts(result.reason, result.kind === 'paused' ? result.fault?.detail : undefined);
  for (const sentence of sentences) expect(sentence).toMatch(/^\p{Lu}[^{}]+[.?]$/u);
  expect(new Set(sentences).size).toBe(sentences.length);
}

function questionTexts(question: string): readonly string[] {
  const texts = Object.entries(holdTexts).find(([name]) => name === question)?.[1];
  expect(texts).toBeDefined();
  return texts === undefined ? [] : [texts.sv, texts.en];
}

function faultTexts(code: FaultCode, detail: Parameters<typeof faultSentence>[2]): readonly string[] {
  return [faultSentence(code, 'sv', detail), faultSentence(code, 'en', detail)];
}
