import type { ChipEvidence, PrinterEvidence } from '../../../../drivers/contracts/evidence.ts';
import type { EncodeStep } from '../../../../daemon/produce/attempt-state.ts';
import type { OrderEffect } from '../../../../daemon/produce/order-effect.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';

/** One blank in the model: what has been done to it. */
export interface ModelCard {
  readonly uid: string;
  readonly encoded: readonly EncodeStep[];
  readonly halfDone: EncodeStep | null;
  readonly panels: number;
  readonly passes: number;
}

/** The physical world of the model: one printer without tray counters, two trays, a person's hand. */
export interface ModelWorld {
  readonly fed: number;
  readonly panels: number;
  readonly inside: ModelCard | null;
  readonly output: readonly ModelCard[];
  readonly reject: readonly ModelCard[];
  readonly taken: readonly ModelCard[];
}

export const emptyWorld: ModelWorld = { fed: 0, panels: 0, inside: null, output: [], reject: [], taken: [] };

export const PANELS_A_CARD = 2;

export function evidenceOf(world: ModelWorld): PrinterEvidence {
  return { position: world.inside === null ? 'none' : 'contactless', cardsFed: world.fed, panelsPrinted: world.panels, cardsToOutput: null, cardsToReject: null };
}

export function chipOf(world: ModelWorld): ChipEvidence | null {
  return world.inside === null ? null : { uid: world.inside.uid, tag: null };
}

/** A person takes the card out of the machine. */
export function takeByHand(world: ModelWorld): ModelWorld {
  return world.inside === null ? world : { ...world, inside: null, taken: [...world.taken, world.inside] };
}

/** What an effect does, in the smallest steps between which a process can die: a record, or a change of the world. */
export type MicroStep = { readonly write: (world: ModelWorld) => JournalEntry } | { readonly change: (world: ModelWorld) => ModelWorld };

const inside = (world: ModelWorld, change: (card: ModelCard) => Partial<ModelCard>): ModelWorld =>
  world.inside === null ? world : { ...world, inside: { ...world.inside, ...change(world.inside) } };

const printPanel: MicroStep = {
  change: (world) => inside({ ...world, panels: world.panels + 1 }, (card) => ({ panels: card.panels + 1, passes: card.panels === 0 ? card.passes + 1 : card.passes })),
};

function encodeSteps(step: EncodeStep): readonly MicroStep[] {
  return [
    { write: () => ({ kind: 'encode-intent', step }) },
    { write: () => ({ kind: 'effect-intent', step, effect: 'permanent', act: `issue ${step}` }) },
    { change: (world) => inside(world, () => ({ halfDone: step })) },
    { change: (world) => inside(world, (card) => ({ halfDone: null, encoded: [...card.encoded.filter((done) => done !== step), step] })) },
    { write: () => ({ kind: 'effect-done', step, effect: 'permanent', act: `issue ${step}` }) },
    { write: () => ({ kind: 'encoded', step, digest: step }) },
  ];
}

function ejectSteps(effect: Extract<OrderEffect, { do: 'eject' }>): readonly MicroStep[] {
  const { to, reason } = effect;
  return [
    { write: (world) => ({ kind: 'eject-intent', to, ...(reason === undefined ? {} : { reason }), evidence: evidenceOf(world) }) },
    { change: (world) => (world.inside === null ? world : { ...world, inside: null, [to]: [...world[to], world.inside] }) },
    { write: (world) => ({ kind: 'ejected', to, evidence: evidenceOf(world) }) },
  ];
}

/** The small steps of the effects that act; `serial` makes UIDs and card numbers unique. */
export function microSteps(effect: OrderEffect, serial: number): readonly MicroStep[] {
  switch (effect.do) {
    case 'plan':
      return [{ write: () => ({ kind: 'planned', cardNumber: `N${serial}`, guid: '00', validFrom: '2026-01-01', validTo: '2030-01-01', artwork: 'a', profile: 'p@1' }) }];
    case 'feed':
      return [
        { write: (world) => ({ kind: 'feed-intent', evidence: evidenceOf(world) }) },
        { change: (world) => ({ ...world, fed: world.fed + 1, inside: { uid: `U${world.fed + 1}`, encoded: [], halfDone: null, panels: 0, passes: 0 } }) },
        { write: (world) => ({ kind: 'fed', evidence: evidenceOf(world) }) },
      ];
    case 'identify':
      return [{ write: (world) => ({ kind: 'identified', uid: world.inside?.uid ?? 'none', atr: '3B' }) }];
    case 'encode':
      return encodeSteps(effect.step);
    case 'print':
      return [
        { write: (world) => ({ kind: 'print-intent', evidence: evidenceOf(world), artwork: 'a' }) },
        ...Array.from({ length: PANELS_A_CARD }, () => printPanel),
        { write: (world) => ({ kind: 'printed', evidence: evidenceOf(world), durationMs: 5000 }) },
      ];
    case 'crosscheck':
      return [{ write: (world) => ({ kind: 'crosschecked', uid: world.inside?.uid ?? 'none', cardNumber: 'N', certificates: [], artwork: 'a', chips: 'c' }) }];
    case 'eject':
      return ejectSteps(effect);
    case 'record':
      return [{ write: () => effect.entry }];
    case 'hold':
      return [{ write: () => ({ kind: 'held', question: effect.question, answers: [], reason: effect.reason }) }];
    case 'settle':
      return [{ write: () => ({ kind: 'settled', outcome: effect.outcome, ...(effect.reason === undefined ? {} : { reason: effect.reason }) }) }];
    case 'pause':
    case 'await-answer':
    case 'end':
      return [];
  }
}
