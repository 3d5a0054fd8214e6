import { asStationFault, StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import { requireFit } from '../../drivers/contracts/printer-fitness.ts';
import type { AttemptKey, Outcome } from '../../queue/journal/journal-entry.ts';
import { askTheWorld, nothingKnown } from './ask-the-world.ts';
import { AttemptLog } from './attempt-log.ts';
import type { AttemptState } from './attempt-state.ts';
import { CardActs } from './card-acts.ts';
import { certificatesToRevoke } from './certificates-to-revoke.ts';
import type { CardPlan } from './card-plan.ts';
import { holdTexts } from './hold-question.ts';
import { next } from './next.ts';
import type { Knowledge, OrderEffect } from './order-effect.ts';
import type { CardKind, ClaimedOrder, StationParts } from './station-parts.ts';

/** Blanks an order may use before a person must look at it. */
const MOST_ATTEMPTS = 4;

/** How often one stage of an attempt may fail before the station pauses. */
const MOST_FAULTS_AT_A_STAGE = 3;

/** Faults after which the daemon must end: nothing may be done without a journal, a fence, or the caller's leave. */
const deadly: ReadonlySet<FaultCode> = new Set<FaultCode>(['JRN-WRITE', 'JRN-BROKEN', 'JRN-IN-USE', 'JRN-OTHER-OPEN', 'QUE-FENCED', 'STA-ABORTED', 'STA-BUG']);

/** How one attempt ended for now. */
export type AttemptEnd =
  | { readonly kind: 'settled'; readonly outcome: Outcome; readonly reason: FaultCode | null; readonly fault: StationFault | null }
  | { readonly kind: 'held'; readonly attempt: number; readonly question: string }
  | { readonly kind: 'paused'; readonly attempt: number; readonly reason: FaultCode; readonly fault: StationFault | null };

/** What is known of a stage that failed too often: a card is scrapped for a fault of its own, whatever its chip says now; anything else is for a person. */
function givenUp(known: Knowledge, fault: StationFault): Knowledge {
  if (fault.next === 'scrap' && known.kind === 'asked') return { ...known, chip: null };
  return nothingKnown(fault.code);
}

type Act = Extract<OrderEffect, { do: 'plan' | 'feed' | 'identify' | 'encode' | 'print' | 'crosscheck' | 'eject' }>;

/** The one loop: ask the order machine what to do, do it, write it down. Lives as long as one attempt. */
export class AttemptRun {
  readonly #parts: StationParts;
  readonly #order: ClaimedOrder;
  readonly #log: AttemptLog;
  readonly #acts: CardActs;
  readonly #kind: CardKind;
  readonly #signal: AbortSignal;
  readonly #faults = new Map<AttemptState['stage'], number>();
  #plan: CardPlan | null = null;
  #fault: StationFault | null = null;

  constructor(parts: StationParts, order: ClaimedOrder, key: AttemptKey, kind: CardKind, signal: AbortSignal) {
    this.#parts = parts;
    this.#order = order;
    this.#log = new AttemptLog(parts.journal, key);
    this.#acts = new CardActs(parts, this.#log, kind, signal);
    this.#kind = kind;
    this.#signal = signal;
  }

  /** Runs until the attempt is settled, held or paused. */
  async run(): Promise<AttemptEnd> {
    try {
      let known = await this.#begin();
      for (;;) {
        const effect = next(this.#log.state, known, { steps: this.#kind.steps, attemptsLeft: MOST_ATTEMPTS - this.#log.key.attempt, withdrawn: this.#order.withdrawn?.() ?? false });
        this.#parts.observer.effect(this.#order.orderId, this.#log.key.attempt, effect);
        const end = this.#endOf(effect);
        if (end !== null) return end;
        known = await this.#carryOut(effect);
      }
    } finally {
      this.#plan?.[Symbol.dispose]();
    }
  }

  /** A new attempt begins with a record and needs no evidence; an interrupted one begins with a question to the world. */
  async #begin(): Promise<Knowledge> {
    if (this.#log.begun) return askTheWorld(this.#parts, this.#log.state, this.#kind, null, this.#signal);
    this.#log.append({ kind: 'claimed', payloadDigest: this.#order.payloadDigest });
    return { kind: 'sure' };
  }

  /** The end that an effect means, or null when it is something to carry out. */
  #endOf(effect: OrderEffect): AttemptEnd | null {
    const { attempt } = this.#log.key;
    switch (effect.do) {
      case 'pause':
        return { kind: 'paused', attempt, reason: effect.reason, fault: this.#fault };
      case 'await-answer':
        return { kind: 'held', attempt, question: this.#log.state.hold?.question ?? 'where-is-the-card' };
      case 'settle':
        return this.#settle(effect.outcome, effect.reason ?? null);
      case 'end':
        return { kind: 'settled', outcome: this.#log.state.outcome ?? 'held', reason: null, fault: null };
      case 'plan':
      case 'feed':
      case 'identify':
      case 'encode':
      case 'print':
      case 'crosscheck':
      case 'eject':
      case 'record':
      case 'hold':
        return null;
    }
  }

  #settle(outcome: Outcome, reason: FaultCode | null): AttemptEnd {
    const { orderId, attempt } = this.#log.key;
    const { plan } = this.#log.state;
    if (outcome !== 'finished' && plan !== null) this.#order.planner.retire(plan.cardNumber);
    this.#order.planner.revoke(attempt, certificatesToRevoke(this.#log.entries, outcome));
    this.#log.append(reason === null ? { kind: 'settled', outcome } : { kind: 'settled', outcome, reason });
    this.#parts.journal.eraseSealed(orderId, attempt);
    return { kind: 'settled', outcome, reason, fault: this.#fault };
  }

  async #carryOut(effect: OrderEffect): Promise<Knowledge> {
    if (effect.do === 'record') this.#log.append(effect.entry);
    else if (effect.do === 'hold') this.#log.append({ kind: 'held', question: effect.question, answers: holdTexts[effect.question].answers, reason: effect.reason });
    else return this.#tryAct(effect as Act);
    return { kind: 'sure' };
  }

  async #tryAct(act: Act): Promise<Knowledge> {
    try {
      await this.#act(act);
      return { kind: 'sure' };
    } catch (error) {
      const fault = asStationFault(error);
      if (deadly.has(fault.code) || this.#signal.aborted) throw fault;
      this.#fault = fault;
      const known = await askTheWorld(this.#parts, this.#log.state, this.#kind, fault.code, this.#signal);
      return this.#tooOften() ? givenUp(known, fault) : known;
    }
  }

  #tooOften(): boolean {
    const { stage } = this.#log.state;
    const times = (this.#faults.get(stage) ?? 0) + 1;
    this.#faults.set(stage, times);
    return times > MOST_FAULTS_AT_A_STAGE;
  }

  async #act(act: Act): Promise<void> {
    switch (act.do) {
      case 'plan':
        return this.#fixAndPlan();
      case 'feed':
        await this.#planned();
        return this.#acts.feed();
      case 'identify':
        return this.#acts.identify();
      case 'encode':
        return this.#acts.encode(act.step, await this.#planned());
      case 'print':
        return this.#acts.print(await this.#planned());
      case 'crosscheck':
        return this.#acts.crosscheck(await this.#planned(), this.#order.planner);
      case 'eject':
        return this.#acts.eject(act.to, act.reason);
    }
  }

  /** Asks whether the printer can make such a card at all, fixes what is random, builds the plan, and journals both before any card moves. */
  async #fixAndPlan(): Promise<void> {
    const { printer, limits } = this.#parts.bench;
    requireFit(await printer.describe({ signal: this.#signal, timeoutMs: limits.queryTimeoutMs }), this.#kind.needs);
    const { key } = this.#log;
    const fixed = await this.#order.planner.fix(key.attempt);
    this.#parts.journal.putSealed(key, fixed.sealed);
    this.#plan = await this.#order.planner.build(key.attempt, fixed);
    this.#log.append({ kind: 'planned', ...this.#plan.values });
  }

  /** The plan, rebuilt from the journal's fixed values after a restart. Throws `KEY-UNAVAILABLE` when the sealed part is gone, `QC-CROSSCHECK` when the picture came out different. */
  async #planned(): Promise<CardPlan> {
    if (this.#plan !== null) return this.#plan;
    const { orderId, attempt } = this.#log.key;
    const values = this.#log.state.plan;
    const sealed = this.#parts.journal.sealedOf(orderId, attempt);
    if (values === null || sealed === null) throw new StationFault('KEY-UNAVAILABLE', { note: 'the sealed values of the attempt are gone' });
    const plan = await this.#order.planner.build(attempt, { values, sealed });
    if (plan.values.artwork !== values.artwork) {
      plan[Symbol.dispose]();
      throw new StationFault('ENC-PARTIAL', { note: 'the picture does not come out as it was planned' });
    }
    this.#plan = plan;
    return plan;
  }
}
