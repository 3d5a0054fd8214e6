import type { EvidencePattern, EvidenceProof, EvidenceTable } from '../../../../drivers/contracts/evidence-table.ts';
import type { ChipEvidence, PrinterEvidence } from '../../../../drivers/contracts/evidence.ts';
import type { EncodeStep, Stage } from '../../../../daemon/produce/attempt-state.ts';
import type { OrderEffect } from '../../../../daemon/produce/order-effect.ts';
import type { JournalEntry } from '../../../../queue/journal/journal-entry.ts';

/** One blank in the model: what has been done to it, and by which attempt. */
export interface ModelCard {
  readonly uid: string;
  /** The attempt that identified it, null before that. */
  readonly owner: number | null;
  readonly encoded: readonly EncodeStep[];
  readonly halfDone: EncodeStep | null;
  readonly panels: number;
  readonly passes: number;
  /** Its chip does not answer any more. */
  readonly mute: boolean;
  /** A person put it in; the station did not feed it. */
  readonly stranger: boolean;
}

/** Which counters the printer of the model has. */
export interface Counters {
  readonly name: string;
  readonly fed: boolean;
  readonly panels: boolean;
  readonly trays: boolean;
}

/** The printers that a bench can have, from the one that counts everything to the one that counts nothing. */
export const printers: readonly Counters[] = [
  { name: 'counts cards, panels and both trays', fed: true, panels: true, trays: true },
  { name: 'counts cards and panels', fed: true, panels: true, trays: false },
  { name: 'counts cards only', fed: true, panels: false, trays: false },
  { name: 'counts nothing', fed: false, panels: false, trays: false },
];

/** The physical world of the model: one printer, two trays, a person's hand. */
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

export function evidenceOf(world: ModelWorld, counters: Counters): PrinterEvidence {
  return {
    position: world.inside === null ? 'none' : 'contactless',
    cardsFed: counters.fed ? world.fed : null,
    panelsPrinted: counters.panels ? world.panels : null,
    cardsToOutput: counters.trays ? world.output.length : null,
    cardsToReject: counters.trays ? world.reject.length : null,
  };
}

/** What a printer with these counters proves. One that does not count cards proves no feed, and cannot tell whose card is inside. */
export function proofsOf({ name, fed, panels, trays }: Counters): EvidenceTable {
  const asked: EvidenceTable['asked'] = { position: 'position', ...(fed ? { cardsFed: 'fed' } : {}), ...(panels ? { panelsPrinted: 'panels' } : {}), ...(trays ? { cardsToOutput: 'output', cardsToReject: 'reject' } : {}) };
  const stays: EvidencePattern = { position: ['contactless'], ...(fed ? { cardsFed: 'same' } : {}) };
  const proof = (step: EvidenceProof['step'], proves: EvidenceProof['proves'], seen: EvidencePattern): EvidenceProof => ({ step, seen, proves, because: name });
  const proofs = [
    ...(fed ? [proof('feed', 'not-done', { position: ['none'], cardsFed: 'same' }), proof('feed', 'done', { position: ['contactless'], cardsFed: 'one-more' })] : []),
    ...(panels ? [proof('print', 'not-done', { ...stays, panelsPrinted: 'same' })] : []),
    proof('eject', 'not-done', stays),
    proof('reject', 'not-done', stays),
    ...(trays ? [proof('eject', 'done', { position: ['none'], cardsToOutput: 'one-more' }), proof('reject', 'done', { position: ['none'], cardsToReject: 'one-more' })] : []),
  ];
  return { protocol: name, asked, proofs };
}

export function chipOf(world: ModelWorld): ChipEvidence | null {
  return world.inside === null || world.inside.mute ? null : { uid: world.inside.uid, tag: world.inside.stranger ? { orderId: 'another', attempt: 1 } : null };
}

/** A person takes the card out of the machine. */
export function takeByHand(world: ModelWorld): ModelWorld {
  return world.inside === null ? world : { ...world, inside: null, taken: [...world.taken, world.inside] };
}

/** A person exchanges the card inside for a card of another order. */
export function swapByHand(world: ModelWorld): ModelWorld {
  return { ...takeByHand(world), inside: { ...blank(`S${world.taken.length + 1}`), stranger: true } };
}

export function muteInside(world: ModelWorld): ModelWorld {
  return inside(world, () => ({ mute: true }));
}

/**
 * What an effect does, in the smallest steps between which a process can die: a record, or a change of the world.
 * `needs` is the record without which the change must not happen (I7).
 */
export type MicroStep =
  | { readonly write: (world: ModelWorld) => JournalEntry }
  | { readonly needs: Stage; readonly change: (world: ModelWorld, attempt: number) => ModelWorld };

function inside(world: ModelWorld, change: (card: ModelCard) => Partial<ModelCard>): ModelWorld {
  return world.inside === null ? world : { ...world, inside: { ...world.inside, ...change(world.inside) } };
}

function blank(uid: string): ModelCard {
  return { uid, owner: null, encoded: [], halfDone: null, panels: 0, passes: 0, mute: false, stranger: false };
}

const printPanel: MicroStep = {
  needs: 'print-intent',
  change: (world) => inside({ ...world, panels: world.panels + 1 }, (card) => ({ panels: card.panels + 1, passes: card.panels % PANELS_A_CARD === 0 ? card.passes + 1 : card.passes })),
};

function encodeSteps(step: EncodeStep): readonly MicroStep[] {
  return [
    { write: () => ({ kind: 'encode-intent', step }) },
    { write: () => ({ kind: 'effect-intent', step, effect: 'permanent', act: `issue ${step}` }) },
    { needs: 'encode-intent', change: (world, attempt) => inside(world, () => ({ halfDone: step, owner: attempt })) },
    { needs: 'encode-intent', change: (world) => inside(world, (card) => ({ halfDone: null, encoded: [...card.encoded.filter((done) => done !== step), step] })) },
    { write: () => ({ kind: 'effect-done', step, effect: 'permanent', act: `issue ${step}` }) },
    { write: () => ({ kind: 'encoded', step, digest: step }) },
  ];
}

function ejectSteps({ to, reason }: Extract<OrderEffect, { do: 'eject' }>, counters: Counters): readonly MicroStep[] {
  return [
    { write: (world) => ({ kind: 'eject-intent', to, ...(reason === undefined ? {} : { reason }), evidence: evidenceOf(world, counters) }) },
    { needs: 'eject-intent', change: (world) => (world.inside === null ? world : { ...world, inside: null, [to]: [...world[to], world.inside] }) },
    { write: (world) => ({ kind: 'ejected', to, evidence: evidenceOf(world, counters) }) },
  ];
}

/** The small steps of the effects that act; `serial` makes card numbers unique. */
export function microSteps(effect: OrderEffect, serial: number, counters: Counters): readonly MicroStep[] {
  switch (effect.do) {
    case 'plan':
      return [{ write: () => ({ kind: 'planned', cardNumber: `N${serial}`, guid: '00', validFrom: '2026-01-01', validTo: '2030-01-01', artwork: 'a', profile: 'p@1' }) }];
    case 'feed':
      return [
        { write: (world) => ({ kind: 'feed-intent', evidence: evidenceOf(world, counters) }) },
        { needs: 'feed-intent', change: (world) => ({ ...world, fed: world.fed + 1, inside: blank(`U${world.fed + 1}`) }) },
        { write: (world) => ({ kind: 'fed', evidence: evidenceOf(world, counters) }) },
      ];
    case 'identify':
      return [{ write: (world) => ({ kind: 'identified', uid: world.inside?.uid ?? 'none', atr: '3B' }) }];
    case 'encode':
      return encodeSteps(effect.step);
    case 'print':
      return [
        { write: (world) => ({ kind: 'print-intent', evidence: evidenceOf(world, counters), artwork: 'a' }) },
        ...Array.from({ length: PANELS_A_CARD }, () => printPanel),
        { write: (world) => ({ kind: 'printed', evidence: evidenceOf(world, counters), durationMs: 5000 }) },
      ];
    case 'crosscheck':
      return [{ write: (world) => ({ kind: 'crosschecked', uid: world.inside?.uid ?? 'none', cardNumber: 'N', certificates: [], artwork: 'a', chips: 'c' }) }];
    case 'eject':
      return ejectSteps(effect, counters);
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
