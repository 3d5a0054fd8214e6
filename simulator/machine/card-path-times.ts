import type { PathAct } from './card-path-acts.ts';
import type { PathStation } from './card-path.ts';

const stationMs: Readonly<Record<PathStation, number>> = { print: 2000, contact: 2500, contactless: 2000, exit: 1500 };

/** Times of acts that are no single move, milliseconds: restart after a software reset or power on, closing the cover. */
export const pathTimesMs = { softwareReset: 20_000, powerOn: 35_000, coverClose: 6000 } as const;

/** How long the mechanics take for an act, milliseconds: model figures of a desktop dye-sublimation printer, about 215 YMCKO cards an hour. */
export function actDurationMs(act: PathAct): number {
  switch (act.kind) {
    case 'take':
    case 'move':
      return stationMs[act.to];
    case 'flip':
      return 2500;
    case 'synchronise':
      return 1000;
    case 'mark':
      if (act.ink === 'k') return 2000;
      return act.ink === 'overlay' ? 2400 : 2600;
    case 'leave':
      return act.to === 'output' ? 1500 : 2000;
    case 'magnetise':
      return 3000;
    case 'clean':
      return 30_000;
  }
}
