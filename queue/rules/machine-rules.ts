import type { MachineRule } from './rule.ts';

/** Rules that order data alone cannot decide, each with the place that enforces it. */
export const machineRules: readonly MachineRule[] = [
  { id: 'P22', source: 'own check', codes: ['PHO-FORMAT', 'PHO-UNREADABLE', 'LOG-FORMAT', 'LOG-UNREADABLE'], enforcedIn: 'daemon/intake' },
  { id: 'R09', source: 'own check', codes: ['COM-ORGNR-NOT-PRINTED'], enforcedIn: 'templates/render' },
  { id: 'R10', source: 'own check', codes: ['PER-NUMBER-ON-CARD'], enforcedIn: 'templates/render' },
  { id: 'R34', source: 'own check', codes: ['DEL-LATE', 'DEL-OVERDUE'], enforcedIn: 'queue/order/due-time.ts' },
  { id: 'R36', source: 'own check', codes: ['DEL-LETTER', 'KEY-PIN-IN-LETTER'], enforcedIn: 'templates/letter' },
  { id: 'R39', source: 'own check', codes: ['ENC-WRONG-BLANK', 'ENC-UID-USED', 'ENC-BLANK-NOT-IN-STOCK'], enforcedIn: 'daemon/produce' },
  { id: 'R40', source: 'own check', codes: ['ENC-VERIFY', 'ENC-CERT-MISMATCH'], enforcedIn: 'drivers' },
  { id: 'R41', source: 'own check', codes: ['QC-CROSSCHECK'], enforcedIn: 'daemon/produce' },
  { id: 'R47', source: 'own check', codes: ['PRN-CAPABILITY', 'PRN-CALIBRATION-DUE', 'PRN-CLEANING-OVERDUE', 'PRN-UNKNOWN'], enforcedIn: 'daemon/produce' },
  { id: 'R48', source: 'own check', codes: ['KEY-UNAVAILABLE', 'KEY-EXPIRED', 'KEY-PIN-HANDOVER'], enforcedIn: 'drivers/keys' },
  { id: 'R49', source: 'own check', codes: ['ENC-NO-READER', 'ENC-NO-CARD', 'ENC-MUTE', 'ENC-AUTH', 'ENC-KEYGEN', 'ENC-CA-UNAVAILABLE', 'ENC-PARTIAL'], enforcedIn: 'drivers' },
  { id: 'R50', source: 'own check', codes: ['QC-PRINT-DEFECT', 'QC-REPRINT-REASON', 'QC-UNKNOWN-OUTCOME', 'QC-COUNT'], enforcedIn: 'daemon/produce' },
];
