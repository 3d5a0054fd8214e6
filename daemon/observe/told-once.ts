import type { Clock } from '../../drivers/contracts/clock.ts';

/** How long the same trouble is only counted, milliseconds. */
const COUNTED_MS = 60_000;

/** Who hears of troubles that mend themselves. */
export type TroubleHearer = (where: string, error: unknown) => void;

interface Counted {
  since: number;
  times: number;
}

/**
 * Tells the same trouble once, and then how often it came again, at most once a minute: a server that is away refuses
 * every try in the same words.
 */
export function toldOnce(tell: TroubleHearer, clock: Clock): TroubleHearer {
  const known = new Map<string, Counted>();
  return (where, error) => {
    const text = `${where}: ${error instanceof Error ? error.message : String(error)}`;
    const now = clock.steady();
    const before = known.get(text);
    if (before !== undefined && now - before.since < COUNTED_MS) {
      before.times += 1;
      return;
    }
    known.set(text, { since: now, times: 0 });
    for (const [other, { since }] of known) if (now - since > COUNTED_MS * 60) known.delete(other);
    if (before === undefined || before.times === 0) tell(where, error);
    else tell(where, new Error(`${error instanceof Error ? error.message : String(error)} (${before.times} more times before)`, { cause: error }));
  };
}
