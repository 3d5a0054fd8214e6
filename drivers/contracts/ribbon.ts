/** A ribbon that cards can be printed with. */
export interface RibbonKind {
  /** As the escape language names it (`Pr`); film names of other makers are alike. */
  readonly type: string;
  /** Panels that each side can get from a set. */
  readonly front: string;
  readonly back: string;
  /** Sets that a card with two sides takes: one when the set has panels of its own for the back. */
  readonly setsForTwoSides: 1 | 2;
}

/** The ribbons, cheapest first (printers.md 2.4). */
export const ribbonKinds: readonly RibbonKind[] = [
  { type: 'k', front: 'k', back: 'k', setsForTwoSides: 2 },
  { type: 'ko', front: 'ko', back: 'ko', setsForTwoSides: 2 },
  { type: 'ymckok', front: 'ymcko', back: 'k', setsForTwoSides: 1 },
  { type: 'ymcko', front: 'ymcko', back: 'ymcko', setsForTwoSides: 2 },
];

/** The kind that a printer's word for its ribbon names; null for a word that is not known, or none. */
export function ribbonNamed(word: string | null): RibbonKind | null {
  return ribbonKinds.find(({ type }) => type === word?.toLowerCase()) ?? null;
}

/** Whether a ribbon has every panel for a card: the panels of its front, and of its back when it has one. */
export function ribbonFits(ribbon: RibbonKind, [front = '', back = '']: readonly string[]): boolean {
  return [...front].every((panel) => ribbon.front.includes(panel)) && [...back].every((panel) => ribbon.back.includes(panel));
}
