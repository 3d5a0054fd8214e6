/** Which way a reader reaches the chip. A chip with both shows its contactless limits on the contactless way. */
export type ChipInterface = 'contact' | 'contactless';

/**
 * A simulated chip as a reader sees it: powered, answering APDUs. Pure software without sockets or files: time, random
 * bytes and faults are handed in. `transmit` takes one command APDU and gives data with SW1 SW2; at most 253 bytes and
 * the status word (design section 5), longer answers go on with 61xx.
 */
export interface SimulatedChip {
  /** The answer to reset of this chip on this interface. */
  readonly atr: Uint8Array;
  /** Powers up or resets: volatile state (verified PIN, selected applet, authenticated sector) is gone. */
  reset(): void;
  powerOff(): void;
  transmit(command: Uint8Array): Uint8Array;
}

/**
 * The lasting state of one chip as JSON, kept in the machine's plastic file. `kind` names the model that can bring it
 * to life again. `onChange` of a model is called after each lasting change (an EEPROM write), before the answer goes out.
 */
export interface ChipSnapshot {
  readonly kind: 'mifare-classic-mini' | 'mifare-classic-1k' | 'mifare-plus-2k' | 'mifare-classic-4k' | 'piv';
  readonly uid: string;
  readonly memory: unknown;
}
