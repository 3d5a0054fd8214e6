import type { ChipSnapshot } from '../card/simulated-chip.ts';

/**
 * What a person, a test or a campaign can ask of a running machine: one JSON object a line on its control socket, one
 * answer line each, in order. Acts are those of a person at the bench; nothing here passes the wires of the product.
 */
export type ControlRequest =
  | { readonly do: 'status' }
  /** Puts new blanks into the feeder, under those that are there. */
  | { readonly do: 'load-blanks'; readonly count: number; readonly kind: BlankKind; readonly lot: string }
  /** Looks into feeder, machine, output and reject, and reads the tag on each chip as a desk reader would. */
  | { readonly do: 'look' }
  /** Takes a card out of wherever it lies. */
  | { readonly do: 'take-card'; readonly uid: string }
  /** Puts a card that was taken by hand back: on the pile of a hopper, or inside at a station. */
  | { readonly do: 'put-card'; readonly uid: string; readonly where: Place }
  /** Exchanges the places of two cards. */
  | { readonly do: 'swap-cards'; readonly first: string; readonly second: string }
  /**
   * `NAME@N`: the fault happens at the Nth chance from now. `NAME@COMMAND:N` for faults of the printer's link,
   * `NAME@contactless:N` for faults of cards; faults of the authority go for the next N requests.
   */
  | { readonly do: 'arm-fault'; readonly fault: string }
  /** Takes back every armed fault of this name that has not happened yet. */
  | { readonly do: 'disarm-fault'; readonly fault: string }
  | { readonly do: 'list-faults' }
  /** 1 is the speed of the real machine, 0 takes no time. */
  | { readonly do: 'set-time-factor'; readonly factor: number }
  /** What the chips of a card hold, wherever it lies. */
  | { readonly do: 'dump-chips'; readonly uid: string }
  /** Ends the card service without warning, or starts it anew. */
  | { readonly do: 'kill-card-service' }
  | { readonly do: 'start-card-service' }
  /** Does what a person does at a stopped machine: opens the cover, takes out a stuck card into the hand, new ribbon, cleaning, empties full hoppers of their warning. */
  | { readonly do: 'mend' }
  /** Puts a ribbon of a type (as the printer names it) with so many sets into the printer. */
  | { readonly do: 'change-ribbon'; readonly type: string; readonly sets: number }
  | { readonly do: 'stop' };

/** `mifare+piv`: MIFARE Classic 1K contactless and PIV on the contact plate; the others before `+piv` have another MIFARE chip (2K: a MIFARE Plus in security level 1). `piv`: the PIV applet on both. */
export const blankKinds = ['mifare+piv', 'mifare-mini+piv', 'mifare-2k+piv', 'mifare-4k+piv', 'piv'] as const;
export type BlankKind = (typeof blankKinds)[number];

/** Where a card can lie: a hopper, a station inside the machine, on the way between two (travelling or stuck), or a person's hand. */
export const places = ['feeder', 'contactless', 'contact', 'print', 'exit', 'between', 'output', 'reject', 'hand'] as const;
export type Place = (typeof places)[number];

/** A card as a person with a desk reader sees it. `tag` is what is written on its chip, null when none is there. */
export interface SeenCard {
  readonly uid: string;
  readonly lot: string;
  readonly kind: BlankKind;
  readonly place: Place;
  readonly printed: boolean;
  readonly tag: { readonly orderId: string; readonly attempt: number } | null;
}

/** The machine's own count of itself. */
export interface MachineStatus {
  readonly pid: number;
  readonly timeFactor: number;
  readonly cardService: 'running' | 'stopped';
  readonly cards: Readonly<Record<Place, number>>;
  /** UID of the card inside, null when none is. */
  readonly inside: string | null;
  readonly armedFaults: readonly string[];
}

/** Both chips of a card. */
export interface DumpedCard {
  readonly uid: string;
  readonly chips: readonly ChipSnapshot[];
}

/** A named fault this machine can be told to commit. */
export interface KnownFault {
  readonly name: string;
  readonly does: string;
}

/** What each request is answered with when it succeeds. */
export interface ControlResults {
  readonly status: MachineStatus;
  readonly 'load-blanks': { readonly uids: readonly string[] };
  readonly look: { readonly cards: readonly SeenCard[] };
  readonly 'take-card': SeenCard;
  readonly 'put-card': SeenCard;
  readonly 'swap-cards': { readonly cards: readonly SeenCard[] };
  readonly 'arm-fault': { readonly armedFaults: readonly string[] };
  readonly 'disarm-fault': { readonly armedFaults: readonly string[] };
  readonly 'list-faults': { readonly faults: readonly KnownFault[] };
  readonly 'set-time-factor': { readonly factor: number };
  readonly 'dump-chips': DumpedCard;
  readonly 'kill-card-service': Record<string, never>;
  readonly 'start-card-service': Record<string, never>;
  /** The card that was taken out, null when none was stuck. */
  readonly mend: { readonly taken: string | null };
  readonly 'change-ribbon': { readonly type: string; readonly sets: number };
  readonly stop: Record<string, never>;
}

export type ControlAct = ControlRequest['do'];

/** One answer line: the result, or the code and note of a `StationFault` (`SIM-INVALID` for what cannot be done). */
export type ControlAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: string; readonly field: string; readonly note: string };
