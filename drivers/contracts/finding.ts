import type { FaultCode, FaultDetail } from './fault.ts';

/**
 * One result of a check that is an expected outcome and so is returned, not thrown: a rule that failed, a photo
 * that must be looked at. `field` is a dotted path into the checked document, `file` the file it came from.
 */
export interface Finding {
  readonly code: FaultCode;
  readonly field?: string;
  readonly file?: string;
  readonly detail?: FaultDetail;
}
