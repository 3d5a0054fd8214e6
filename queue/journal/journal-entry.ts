import type { Effect } from '../../drivers/contracts/encoder.ts';
import type { PrinterEvidence } from '../../drivers/contracts/evidence.ts';
import type { FaultCode } from '../../drivers/contracts/fault.ts';

/** The four ways an attempt ends: a good card, a new attempt is due, a person must decide, or the order goes back. */
export type Outcome = 'finished' | 'again' | 'held' | 'refused';

/**
 * What the journal records of one attempt, in the order in which it happens. Every physical act has an intent, made
 * durable before the act, and an outcome after it. Identifiers and digests only: no person, no picture, no secret
 * (`sealed` is ciphertext to the station's key, erased at settle). A record is never changed.
 */
export type JournalEntry =
  | { readonly kind: 'claimed'; readonly payloadDigest: string }
  | {
      readonly kind: 'planned';
      readonly cardNumber: string;
      /** 16 bytes, hex. */
      readonly guid: string;
      /** Calendar days, `YYYY-MM-DD`. */
      readonly validFrom: string;
      readonly validTo: string;
      /** Digest of the card image. */
      readonly artwork: string;
      /** Profile id and version. */
      readonly profile: string;
    }
  | { readonly kind: 'feed-intent'; readonly evidence: PrinterEvidence }
  | { readonly kind: 'fed'; readonly evidence: PrinterEvidence }
  | { readonly kind: 'identified'; readonly uid: string; readonly atr: string }
  | { readonly kind: 'effect-intent'; readonly step: string; readonly effect: Effect; readonly act: string; readonly data?: Readonly<Record<string, string | number>> }
  | { readonly kind: 'effect-done'; readonly step: string; readonly effect: Effect; readonly act: string; readonly data?: Readonly<Record<string, string | number>> }
  | { readonly kind: 'encode-intent'; readonly step: 'mifare' | 'piv' | 'magnetic' }
  | { readonly kind: 'encoded'; readonly step: 'mifare' | 'piv' | 'magnetic'; readonly digest: string }
  | { readonly kind: 'print-intent'; readonly evidence: PrinterEvidence; readonly artwork: string }
  | { readonly kind: 'printed'; readonly evidence: PrinterEvidence; readonly durationMs: number }
  | { readonly kind: 'crosschecked'; readonly uid: string; readonly cardNumber: string; readonly certificates: readonly string[]; readonly artwork: string; readonly chips: string }
  | { readonly kind: 'eject-intent'; readonly to: 'output' | 'reject'; readonly reason?: FaultCode; readonly evidence: PrinterEvidence; readonly sectors?: SectorAccount }
  | { readonly kind: 'ejected'; readonly to: 'output' | 'reject'; readonly evidence: PrinterEvidence | null }
  | { readonly kind: 'held'; readonly question: string; readonly answers: readonly string[]; readonly reason: FaultCode }
  | { readonly kind: 'answered'; readonly answer: string; readonly by: string }
  | { readonly kind: 'settled'; readonly outcome: Outcome; readonly reason?: FaultCode }
  | { readonly kind: 'reported'; readonly outcome: Outcome };

/** How the sectors of a rejected card's MIFARE chip stand: locked and proven, begun and not proven, as delivered. */
export interface SectorAccount {
  readonly locked: readonly number[];
  readonly inDoubt: readonly number[];
  readonly open: readonly number[];
}

export type JournalKind = JournalEntry['kind'];

/** Whose record it is: the order, the attempt (1 for the first blank), the fence under which it was written. */
export interface AttemptKey {
  readonly orderId: string;
  readonly attempt: number;
  readonly fence: number;
}

/** A record as it stands in the journal. `seq` counts from 1 without gaps; `at` is milliseconds since 1970 UTC; hashes are hex. */
export interface JournalRecord extends AttemptKey {
  readonly seq: number;
  readonly at: number;
  readonly entry: JournalEntry;
  readonly hash: string;
}

/** An attempt that is not settled, with all its records. */
export interface OpenAttempt extends AttemptKey {
  readonly records: readonly JournalRecord[];
}
