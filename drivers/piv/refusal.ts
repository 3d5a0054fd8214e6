import { describeStatusWord, statusWord } from '../codec/status-word.ts';
import { StationFault, type FaultCode } from '../contracts/fault.ts';

/** The fault for a command that the card refused where it had no right to, by the act and the status word. */
export function refusedBy(act: string, sw: number): StationFault {
  return new StationFault(codeFor(act, sw), { note: `${act}: ${describeStatusWord(sw)}`, data: { sw: sw.toString(16).toUpperCase() } });
}

/** The fault for an answer that is not of the protocol. */
export function cardAnsweredNonsense(act: string): StationFault {
  return new StationFault('LNK-PROTOCOL', { note: `${act}: the answer is not what SP 800-73-5 says` });
}

function codeFor(act: string, sw: number): FaultCode {
  if (sw === statusWord.securityNotSatisfied || sw === statusWord.authenticationBlocked) return 'ENC-AUTH';
  if (act === 'generate key') return 'ENC-KEYGEN';
  // A card that lacks a command, an algorithm or the room that the profile counts on is the wrong card for it.
  const lacking: readonly number[] = [statusWord.instructionNotSupported, statusWord.classNotSupported, statusWord.functionNotSupported, statusWord.memoryFull, statusWord.wrongParameters, statusWord.wrongData, statusWord.wrongLength];
  return lacking.includes(sw) ? 'ENC-WRONG-BLANK' : 'ENC-PARTIAL';
}
