/**
 * What an act does to a card: `none` leaves no trace, `repeatable` may be done again on the same card, `permanent`
 * may not be begun twice: when one was begun and not finished, the card is scrapped (design section 3).
 */
export type Effect = 'none' | 'repeatable' | 'permanent';

/** An act of an encoder that the journal must know before it happens: a trailer write, a key generation, a certificate. */
export interface EncoderIntent {
  readonly step: 'mifare' | 'piv';
  readonly effect: Effect;
  /** Short name of the act, unique within the step of one card: `trailer 5`, `issue 9A`. */
  readonly act: string;
  /** Identifiers only (sector, key label and version, serial number of a certificate); never a secret or a person. */
  readonly data?: Readonly<Record<string, string | number>>;
}

/** The encoder's way to the journal. What writes returns when it is durable; it throws when the station lost its right to the card. */
export interface IntentPort {
  intend(intent: EncoderIntent): Promise<void>;
  achieved(intent: EncoderIntent): Promise<void>;
  /** Keeps ciphertext to the station's own key under a name until the attempt is settled: what a card must still get and nobody could make again. */
  keep(name: string, sealed: Uint8Array): Promise<void>;
  /** What was kept under a name last, by this run or an earlier one of the same attempt; null when nothing was. */
  kept(name: string): Promise<Uint8Array | null>;
}
