import type { BlankKind, SeenCard } from './control-protocol.ts';
import type { Control } from './control-client.ts';

/** What a person at the simulated bench does: minds the feeder, looks into the trays, takes strange cards out. */
export interface SimulatedPerson {
  /** Makes the feeder hold exactly this many blanks of this kind, and no others. `onTaking` is told how many come out, before they do. Gives the UIDs of new ones. */
  fillFeeder(kind: BlankKind, count: number, lot: string, onTaking?: (count: number) => void): Promise<readonly string[]>;
  /** Where the card with this UID lies, or null when no card has it. */
  whereIs(uid: string): Promise<SeenCard['place'] | null>;
  /** Takes out whatever card is inside the machine; its UID, or null when none is inside. */
  clearMachine(): Promise<string | null>;
}

/** A person whose hands are the machine's control protocol. */
export function simulatedPerson(control: Control): SimulatedPerson {
  const look = async (): Promise<readonly SeenCard[]> => (await control.ask<'look'>({ do: 'look' })).cards;
  return {
    async fillFeeder(kind, count, lot, onTaking = () => undefined) {
      const waiting = (await look()).filter((card) => card.place === 'feeder');
      const kept = waiting.filter((card) => card.kind === kind).slice(0, count);
      const others = waiting.filter((one) => !kept.includes(one));
      onTaking(others.length);
      for (const card of others) await control.ask<'take-card'>({ do: 'take-card', uid: card.uid });
      if (kept.length === count) return [];
      const { uids } = await control.ask<'load-blanks'>({ do: 'load-blanks', count: count - kept.length, kind, lot });
      return uids;
    },
    whereIs: async (uid) => (await look()).find((card) => card.uid === uid)?.place ?? null,
    async clearMachine() {
      const { inside } = await control.ask<'status'>({ do: 'status' });
      if (inside !== null) await control.ask<'take-card'>({ do: 'take-card', uid: inside });
      return inside;
    },
  };
}
