import type { CommandApdu } from '../../../drivers/codec/apdu.ts';
import { extensionInstruction } from '../../../drivers/codec/piv-extension-apdu.ts';
import { statusWord } from '../../../drivers/codec/status-word.ts';
import { changeReferenceData } from './change-reference-data.ts';
import { status, type Answer, type PivCommand, type PivContext } from './context.ts';
import { generalAuthenticate } from './general-authenticate.ts';
import { generateKeyPair } from './generate-key-pair.ts';
import { getData } from './get-data.ts';
import { importKey } from './import-key.ts';
import { metadata } from './metadata.ts';
import { putData } from './put-data.ts';
import { resetRetryCounter } from './reset-retry-counter.ts';
import { reset } from './reset.ts';
import { select } from './select.ts';
import { serial } from './serial.ts';
import { setManagementKey } from './set-management-key.ts';
import { setRetries } from './set-retries.ts';
import { verify } from './verify.ts';
import { version } from './version.ts';

const commands: ReadonlyMap<number, PivCommand> = new Map(
  [
    select, getData, putData, verify, changeReferenceData, resetRetryCounter, generalAuthenticate, generateKeyPair,
    importKey, metadata, reset, serial, setManagementKey, setRetries, version,
  ].map((entry) => [entry.instruction, entry]),
);
const extensions: ReadonlySet<number> = new Set(Object.values(extensionInstruction));

/** Why a command is refused before its data is looked at, or null. Also asked for the first link of a chain. */
export function refusalOf(context: PivContext, apdu: CommandApdu): number | null {
  const found = commandFor(context, apdu);
  if (found === undefined) return statusWord.instructionNotSupported;
  if (found !== select && !context.volatile.selected) return context.abilities.notSelectedSw;
  if (context.reach === 'contactless' && !found.contactless) return statusWord.functionNotSupported;
  return found.refusal(context, apdu);
}

/** Carries out one whole command. */
export function dispatch(context: PivContext, apdu: CommandApdu): Answer {
  const refusal = refusalOf(context, apdu);
  const found = commandFor(context, apdu);
  return refusal !== null || found === undefined ? status(refusal ?? statusWord.instructionNotSupported) : found.perform(context, apdu);
}

function commandFor({ abilities }: PivContext, { ins }: CommandApdu): PivCommand | undefined {
  return extensions.has(ins) && !abilities.extensions.includes(ins) ? undefined : commands.get(ins);
}
