import type { Finding } from '../../drivers/contracts/finding.ts';

/** One order as it stands in a file, not yet judged. `position` counts lines or elements from 1, null for a file with one order. */
export type RawOrder =
  | { readonly kind: 'raw'; readonly position: number | null; readonly value: unknown }
  | { readonly kind: 'broken'; readonly position: number | null; readonly finding: Finding };
