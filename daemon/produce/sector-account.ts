import type { JournalEntry, SectorAccount } from '../../queue/journal/journal-entry.ts';

/**
 * How the sectors of a MIFARE chip stand, told from the records of its attempt: `locked` with keys of their own and
 * proven, `inDoubt` where a trailer was begun and not proven, `open` with the key that they were delivered with. Null when
 * nothing was written on the chip. Pure.
 */
export function sectorAccount(entries: readonly JournalEntry[], sectorCount: number): SectorAccount | null {
  const acts = entries.flatMap((entry) => ((entry.kind === 'effect-intent' || entry.kind === 'effect-done') && entry.step === 'mifare' ? [entry] : []));
  if (acts.length === 0) return null;
  const trailer = (kind: (typeof acts)[number]['kind'], sector: number): boolean => acts.some((entry) => entry.kind === kind && entry.act === `trailer ${sector}`);
  const sectors = Array.from({ length: sectorCount }, (_, sector) => sector);
  const locked = sectors.filter((sector) => trailer('effect-done', sector));
  const inDoubt = sectors.filter((sector) => trailer('effect-intent', sector) && !locked.includes(sector));
  return { locked, inDoubt, open: sectors.filter((sector) => !locked.includes(sector) && !inDoubt.includes(sector)) };
}

/** The sectors that a scrapped card must not be trusted with, for the operator's sentence: `3, 5-15`. Null when all of them are locked. */
export function unfinishedSectors({ inDoubt, open }: SectorAccount): string | null {
  const sectors = [...inDoubt, ...open].toSorted((a, b) => a - b);
  return sectors.length === 0 ? null : ranges(sectors).join(', ');
}

function ranges(sectors: readonly number[]): readonly string[] {
  const runs: { first: number; last: number }[] = [];
  for (const sector of sectors) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === sector - 1) run.last = sector;
    else runs.push({ first: sector, last: sector });
  }
  return runs.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
}
