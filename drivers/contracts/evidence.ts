/** Where the card is, as far as the printer can tell. `unknown`: it says that something is inside, or contradicts itself. */
export type CardPosition = 'none' | 'contactless' | 'contact' | 'print' | 'exit' | 'unknown';

/**
 * What a printer tells about the physical world, asked without moving anything. A value that the protocol cannot
 * give is null: nothing is invented (queue.md 2.4, printers.md 2.3-2.4).
 */
export interface PrinterEvidence {
  readonly position: CardPosition;
  /** Cards ever taken in. */
  readonly cardsFed: number | null;
  /** Panels ever printed. */
  readonly panelsPrinted: number | null;
  /** Cards ever put into the good output. */
  readonly cardsToOutput: number | null;
  /** Cards ever put into the reject box. */
  readonly cardsToReject: number | null;
}

/** What was read from the chip of the card inside: its UID, and the tag `order # attempt` when one is there. */
export interface ChipEvidence {
  readonly uid: string | null;
  readonly tag: { readonly orderId: string; readonly attempt: number } | null;
}
