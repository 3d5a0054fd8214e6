import { factoryPin, factoryPuk, padPin } from '../codec/piv-pin.ts';
import { keyReference } from '../codec/piv-algorithms.ts';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import { Secret as SecretBytes } from '../contracts/secret.ts';
import type { PivJob } from './job.ts';
import type { PinAnswer, PivSession } from './session.ts';

/** How often PIN and PUK may be wrong. */
export type Tries = NonNullable<PivJob['tries']>;

/** Whether a card tells that its PIN and PUK bear so many tries; null where it does not tell. */
export async function bearsTries(session: PivSession, { pin, puk }: Tries): Promise<boolean | null> {
  const told = [(await session.metadata(keyReference.pin))?.maximumTries ?? null, (await session.metadata(keyReference.puk))?.maximumTries ?? null];
  return told.includes(null) ? null : told[0] === pin && told[1] === puk;
}

/**
 * Sets the tries while PIN and PUK are still the factory's, which they must be: the command makes them so. A card of ours
 * that took its PIN already has its tries, too.
 */
export async function settleTries(session: PivSession, tries: Tries, isOurs: boolean): Promise<void> {
  if ((await bearsTries(session, tries)) === true) return;
  if (isOurs && (await session.metadata(keyReference.pin))?.isDefault === false) return;
  using factory = SecretBytes.take(padPin(Buffer.from(factoryPin)) ?? new Uint8Array());
  const answer = await session.verifyPin(factory);
  if (isOurs && answer.kind === 'wrong') return;
  demand('PIN', isOurs, answer);
  await session.setRetries(tries.pin, tries.puk);
}

/** Sets the PIN, where it is still the factory's. `isOurs`: an earlier run may have set it already. Afterwards the PIN is verified. */
export async function settlePin(session: PivSession, planned: Secret, isOurs: boolean): Promise<void> {
  const isDefault = (await session.metadata(keyReference.pin))?.isDefault ?? null;
  if (isOurs && isDefault !== true && (await session.verifyPin(planned)).kind === 'accepted') return;
  using factory = SecretBytes.take(padPin(Buffer.from(factoryPin)) ?? new Uint8Array());
  demand('PIN', isOurs, await session.changeReference('PIN', factory, planned));
  demand('PIN', isOurs, await session.verifyPin(planned));
}

/** Sets the PUK in the same way. A PUK is proven by changing it to itself: there is no command that only verifies it. */
export async function settlePuk(session: PivSession, planned: Secret, isOurs: boolean): Promise<void> {
  const isDefault = (await session.metadata(keyReference.puk))?.isDefault ?? null;
  if (isOurs && isDefault !== true && (await session.changeReference('PUK', planned, planned)).kind === 'accepted') return;
  using factory = SecretBytes.take(Buffer.from(factoryPuk));
  demand('PUK', isOurs, await session.changeReference('PUK', factory, planned));
}

/** A blank that refuses the factory's value is not the blank of the profile; a card of ours that takes neither cannot be finished. */
function demand(which: 'PIN' | 'PUK', isOurs: boolean, answer: PinAnswer): void {
  if (answer.kind === 'accepted') return;
  const detail = { note: `${which}: neither the factory's nor the planned value`, data: { triesLeft: answer.triesLeft } };
  throw new StationFault(isOurs ? 'ENC-PARTIAL' : 'ENC-AUTH', detail);
}
