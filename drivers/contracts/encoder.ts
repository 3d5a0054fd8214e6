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

/** The encoder's way to the journal. Both calls return when the record is durable; they throw when the station lost its right to the card. */
export interface IntentPort {
  intend(intent: EncoderIntent): Promise<void>;
  achieved(intent: EncoderIntent): Promise<void>;
}
