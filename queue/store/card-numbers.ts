/** Reserved: chosen for an attempt. Spent: written to a chip or into a certificate request. Retired: its card was scrapped or never made. */
export type CardNumberState = 'reserved' | 'spent' | 'retired';

/** One card number and whose it is. */
export interface CardNumberEntry {
  readonly cardNumber: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly state: CardNumberState;
}

/** Card numbers `BB-YYMM-nnnnnn`, each used once for ever, also over crashes. */
export interface CardNumbers {
  /**
   * The number of an attempt: the one it already has, else the next of the month of `at`, durable before it is given.
   * Throws `STO-NUMBERS-OUT` after 999 999 in one month.
   */
  reserve(orderId: string, attempt: number): string;
  /** Enters a number that came from upstream. Throws `QC-NUMBER-REUSED` when another attempt has it. */
  adopt(cardNumber: string, orderId: string, attempt: number): void;
  /** Marks a number as written. Repeatable. Throws `QC-NUMBER-REUSED` when it is retired or unknown. */
  spend(cardNumber: string): void;
  /** Takes a number out of use for good. Repeatable. */
  retire(cardNumber: string): void;
  /**
   * Leaves out the next `count` numbers of the present month: after a restore, the numbers given since the backup are not
   * known. Throws `STO-NUMBERS-OUT` when the range is too short.
   */
  leaveOut(count: number): void;
  find(cardNumber: string): CardNumberEntry | null;
  ofOrder(orderId: string): readonly CardNumberEntry[];
}
