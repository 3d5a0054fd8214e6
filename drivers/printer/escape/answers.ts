import { StationFault, type FaultCode } from '../../contracts/fault.ts';

/**
 * The printer's refusals and what they mean here (printers.md 2.3). An acting command succeeded only when it answered
 * `OK`: several refusals do not begin with ERR.
 */
export const refusalCodes: Readonly<Record<string, FaultCode>> = {
  ERROR: 'PRN-UNKNOWN',
  'ERROR CDE': 'PRN-CAPABILITY',
  'ERROR PARAMETRES': 'PRN-CAPABILITY',
  'NEED CLEANING': 'PRN-CLEANING-OVERDUE',
  'ERROR TIME OUT': 'PRN-JAM',
  'ERROR HOPPER': 'PRN-OUTPUT-FULL',
  'HOPPER FULL': 'PRN-OUTPUT-FULL',
  'HOPPER DOOR': 'PRN-COVER-OPEN',
  'ERROR HEAD': 'PRN-TEMPERATURE',
  'COVER OPEN': 'PRN-COVER-OPEN',
  'FEEDER EMPTY': 'PRN-FEEDER-EMPTY',
  'CARD JAM': 'PRN-JAM',
  'ERROR RIBBON': 'PRN-RIBBON-END',
  'ERR RIB DETECTION': 'PRN-RIBBON-WRONG',
  'OPT NOT AVAILABLE': 'PRN-CAPABILITY',
  'ERROR MAG CHECKSUM': 'PRN-MAGNETIC',
  'ERROR MAG DATA': 'PRN-MAGNETIC',
  'ERROR MAG': 'PRN-MAGNETIC',
  'ERROR CHECKSUM': 'LNK-PROTOCOL',
  'ERROR FLASH UNKNOW': 'PRN-UNKNOWN',
  'ERROR UNKNOW': 'PRN-UNKNOWN',
  'ERR CARD': 'PRN-UNKNOWN',
  'NO CARD': 'PRN-UNKNOWN',
};

/** The fault of an answer that is not `OK`. An unlisted text is `PRN-UNKNOWN`. */
export function refusalFault(command: string, answer: string, data: Readonly<Record<string, string>> = {}): StationFault {
  const listed = refusalCodes[answer];
  const code = listed === 'PRN-OUTPUT-FULL' && command === 'Ser' ? 'PRN-REJECT-FULL' : listed ?? 'PRN-UNKNOWN';
  return new StationFault(code, { note: `${command} answered ${JSON.stringify(answer.slice(0, 60))}`, data });
}

/** Passes when an acting or setting command answered `OK`; throws its fault otherwise. */
export function requireOk(command: string, answer: string): void {
  if (answer !== 'OK') throw refusalFault(command, answer);
}

/** Whether a question was refused instead of answered. */
export function isRefusal(answer: string): boolean {
  return answer.startsWith('ERR') || Object.hasOwn(refusalCodes, answer);
}

/** A counter's value, or null when the answer is no whole number. */
export function parseCount(answer: string): number | null {
  return /^\d{1,12}$/.test(answer) ? Number(answer) : null;
}

/** A sensor's value in volts (`4,90 Volts`, decimal comma), or null. */
export function parseVolts(answer: string): number | null {
  const match = /^(\d{1,3})[,.](\d{1,3}) ?V/.exec(answer);
  return match === null ? null : Number(`${match[1] ?? ''}.${match[2] ?? ''}`);
}
