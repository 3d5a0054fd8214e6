import type { CardTag } from '../codec/card-tag.ts';
import type { PivJob } from './job.ts';

/** What a chip showed before anything was done to it. */
export interface CardMarks {
  readonly tag: CardTag | null;
  /** Upper-case hex. */
  readonly guid: string | null;
}

/** Whose card it is: nobody's yet, the one of this order and attempt, or another's. */
export type Recognition = 'blank' | 'ours' | 'foreign';

/** Decides by the marks. The GUID is drawn for one attempt, so it also marks a card whose tag was taken away at the end. */
export function recognise(marks: CardMarks, job: PivJob): Recognition {
  const { tag, guid } = marks;
  if (tag !== null && job.tag !== null) return tag.orderId === job.tag.orderId && tag.attempt === job.tag.attempt ? 'ours' : 'foreign';
  if (guid === job.guid.toUpperCase()) return 'ours';
  return tag !== null ? 'foreign' : 'blank';
}
