import type { Ink } from '../../drivers/contracts/card-image.ts';

/** Panel order of each ribbon set, as the ribbon winds past the head. */
export const ribbonPanels = {
  ymcko: ['y', 'm', 'c', 'k', 'overlay'],
  ymckok: ['y', 'm', 'c', 'k', 'overlay', 'k'],
  ko: ['k', 'overlay'],
  k: ['k'],
} as const satisfies Record<string, readonly Ink[]>;

export type RibbonType = keyof typeof ribbonPanels;

/** Whether a text names a ribbon, as `Pr` does. */
export function isRibbonType(text: string): text is RibbonType {
  return Object.hasOwn(ribbonPanels, text);
}

/** A ribbon: how many sets it had, and how many panels have wound past, printed or not. */
export interface Ribbon {
  readonly type: RibbonType;
  readonly capacitySets: number;
  readonly panelsWound: number;
}

export function newRibbon(type: RibbonType, capacitySets: number): Ribbon {
  return { type, capacitySets, panelsWound: 0 };
}

/** Sets that have not begun to wind past. */
export function setsLeft(ribbon: Ribbon): number {
  return Math.max(0, ribbon.capacitySets - Math.ceil(ribbon.panelsWound / ribbonPanels[ribbon.type].length));
}

/** Winds to the next panel of this ink and past it: the ribbon afterwards, `wrong` when it has none, `end` when it is used up. */
export function windTo(ribbon: Ribbon, ink: Ink): Ribbon | 'wrong' | 'end' {
  const set: readonly Ink[] = ribbonPanels[ribbon.type];
  if (!set.includes(ink)) return 'wrong';
  let panel = ribbon.panelsWound;
  while (set[panel % set.length] !== ink) panel += 1;
  if (panel >= ribbon.capacitySets * set.length) return 'end';
  return { ...ribbon, panelsWound: panel + 1 };
}
