import { createECDH, randomBytes } from 'node:crypto';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import { publicKeyFromSpki } from '../codec/piv-key.ts';
import { signatureHolds } from './certificate-request.ts';
import type { PivSlotPlan } from './job.ts';
import type { PivSession } from './session.ts';

const curveName = { 'P-256': 'prime256v1', 'P-384': 'secp384r1' } as const;

/**
 * Signs with a slot's key. 9C wants the PIN anew for every signature (SP 800-73-5 part 1, table 4b), so it is verified
 * right before; the planned PIN is right or the card is lost anyway. Null when the card refuses the key.
 */
export async function signWithSlot(session: PivSession, plan: PivSlotPlan, pin: Secret | null, message: Uint8Array): Promise<Uint8Array | null> {
  if (plan.slot === '9C') await showPin(session, pin);
  return session.sign(plan.slot, plan.algorithm, message);
}

/** Whether the card holds the private half of a public key (SPKI, DER) in a slot: it signs a fresh challenge, a curve's key in 9D agrees on a fresh secret. */
export async function provesKey(session: PivSession, plan: PivSlotPlan, pin: Secret | null, spki: Uint8Array): Promise<boolean> {
  const { slot, algorithm } = plan;
  if (slot === '9D' && (algorithm === 'P-256' || algorithm === 'P-384')) return agreesOnSecret(session, algorithm, spki);
  const challenge = new Uint8Array(randomBytes(32));
  const signature = await signWithSlot(session, plan, pin, challenge);
  return signature !== null && signatureHolds(challenge, algorithm, spki, signature);
}

async function agreesOnSecret(session: PivSession, algorithm: 'P-256' | 'P-384', spki: Uint8Array): Promise<boolean> {
  const ours = createECDH(curveName[algorithm]);
  const theirs = publicKeyFromSpki(spki);
  if (theirs?.kind !== 'ec' || theirs.curve !== algorithm) return false;
  const secret = await session.agree('9D', algorithm, new Uint8Array(ours.generateKeys()));
  return secret !== null && ours.computeSecret(theirs.point).equals(secret);
}

async function showPin(session: PivSession, pin: Secret | null): Promise<void> {
  if (pin === null) throw new StationFault('STA-BUG', { note: 'slot 9C was to be used without the PIN' });
  const answer = await session.verifyPin(pin);
  if (answer.kind === 'wrong') throw new StationFault('ENC-VERIFY', { note: 'the planned PIN is refused', data: { triesLeft: answer.triesLeft } });
}
