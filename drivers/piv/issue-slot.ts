import { createHash, X509Certificate } from 'node:crypto';
import { encodeCertificateObject, decodeCertificateObject } from '../codec/piv-certificate-object.ts';
import { publicKeyToSpki } from '../codec/piv-key.ts';
import { statusWord } from '../codec/status-word.ts';
import { isAuthorityFault, type KnownAuthority } from '../contracts/certificate-authority.ts';
import type { Clock, Wait } from '../contracts/clock.ts';
import type { IntentPort } from '../contracts/encoder.ts';
import { StationFault } from '../contracts/fault.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { Secret } from '../contracts/secret.ts';
import { checkCertificate, publicKeyOfCertificate, type CertificateProblem } from './certificate-check.ts';
import { finishRequest, requestInfo, signatureHolds, subjectKeyId } from './certificate-request.ts';
import type { PivSlotPlan } from './job.ts';
import { pivIntent, repeatable } from './lasting-act.ts';
import { certificateContainer } from './planned-objects.ts';
import { provesKey, signWithSlot } from './prove-key.ts';
import { refusedBy } from './refusal.ts';
import type { PivSession } from './session.ts';

/** What issuing needs beside the card. `certificateLimit` is how long the authority may take for one certificate. */
export interface Issuance {
  readonly ca: KnownAuthority;
  readonly chain: readonly Uint8Array[];
  readonly intents: IntentPort;
  /** Seals a certificate between its coming and its writing. */
  readonly keys: Pick<KeyCustody, 'seal' | 'unseal'>;
  readonly clock: Clock;
  readonly expiry: string;
  readonly certificateLimit: Wait;
  /** The padded PIN, which 9C wants for every signature; null where only 9E is used. */
  readonly pin: Secret | null;
}

/** The one thing wrong with a certificate that an authority can set right for the card in the machine: its assurance. */
const otherPolicies: CertificateProblem = 'carries other policies';

/** What stands in a slot: a certificate with what is wrong with it, none, or one whose key the card does not use. */
export type SlotState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'wrong'; readonly problems: readonly (CertificateProblem | 'is not proven by the key')[] }
  | { readonly kind: 'good'; readonly certificate: Uint8Array };

/**
 * Makes a key pair in a slot, has its certificate issued and puts it on the card. From the request until its certificate
 * is kept is one permanent act: of a run that dies in it nobody knows whether a certificate lives. A kept one can be
 * written again and again. An authority that failed ends the act by itself: where a certificate may live, the journal says
 * so, for its revocation by key, and a new run begins with a new key. So does a certificate that tells another assurance
 * than the plan: it is not written.
 * Throws `CA-POLICY`, `ENC-KEYGEN`, `ENC-CERT-MISMATCH`, `ENC-VERIFY` and the authority's faults.
 */
export async function issueSlot(session: PivSession, plan: PivSlotPlan, issuance: Issuance): Promise<void> {
  const { slot, algorithm } = plan;
  const key = await repeatable(issuance.intents, `generate ${slot}`, () => session.generateKey(slot, algorithm), { slot, algorithm });
  const spki = publicKeyToSpki(key);
  if (spki === null) throw new StationFault('ENC-KEYGEN', { note: `${slot}: the card gave numbers that are no key` });
  const info = requestInfo(plan, spki, issuance.expiry);
  const signature = await signWithSlot(session, plan, issuance.pin, info);
  if (signature === null || !signatureHolds(info, algorithm, spki, signature)) throw new StationFault('ENC-KEYGEN', { note: `${slot}: the request is not signed by the new key` });
  await issueCertificate(session, plan, spki, finishRequest(info, algorithm, signature), issuance);
}

/**
 * Puts the certificate on the card that an earlier run was given and did not get to write, or not whole. False: none was
 * kept, or the key in the slot is not its own. Throws `ENC-VERIFY`, and what the keys throw.
 */
export async function writeKept(session: PivSession, plan: PivSlotPlan, { intents, keys, pin }: Pick<Issuance, 'intents' | 'keys' | 'pin'>): Promise<boolean> {
  const sealed = await intents.kept(keptName(plan));
  if (sealed === null) return false;
  using opened = await keys.unseal(sealed);
  const certificate = opened.use((bytes) => Uint8Array.from(bytes));
  const spki = publicKeyOfCertificate(certificate);
  if (spki === null || !(await provesKey(session, plan, pin, spki))) return false;
  await writeCertificate(session, plan, certificate, intents);
  return true;
}

/** What a slot holds now: the certificate is checked and its key must answer a fresh challenge. Writes nothing. */
export async function examineSlot(session: PivSession, plan: PivSlotPlan, issuance: Pick<Issuance, 'chain' | 'clock' | 'expiry' | 'pin'>): Promise<SlotState> {
  const object = await session.getObject(certificateContainer(plan.slot));
  if (object.kind !== 'found') return { kind: 'empty' };
  const certificate = decodeCertificateObject(object.contents);
  const spki = certificate === null ? null : publicKeyOfCertificate(certificate);
  if (certificate === null || spki === null) return { kind: 'wrong', problems: ['cannot be read'] };
  const { chain, expiry, clock } = issuance;
  const problems = checkCertificate(certificate, { plan, expiry, spki, chain, now: clock.now() });
  if (problems.length > 0) return { kind: 'wrong', problems };
  const isProven = await provesKey(session, plan, issuance.pin, spki);
  return isProven ? { kind: 'good', certificate: Uint8Array.from(certificate) } : { kind: 'wrong', problems: ['is not proven by the key'] };
}

async function issueCertificate(session: PivSession, plan: PivSlotPlan, spki: Uint8Array, request: Uint8Array, issuance: Issuance): Promise<void> {
  const { slot } = plan;
  const { chain, expiry, clock, intents, keys } = issuance;
  const identifiers = { slot, key: createHash('sha256').update(spki).digest('hex'), keyId: subjectKeyId(spki) };
  const intent = pivIntent(`issue ${slot}`, 'permanent', identifiers);
  await intents.intend(intent);
  const certificate = await enroll(request, issuance, async (issued) => intents.achieved({ ...intent, data: { ...identifiers, issued } }));
  const serial = serialOf(certificate);
  if (serial !== null) await recordCertificate(intents, slot, serial);
  const problems = checkCertificate(certificate, { plan, expiry, spki, chain, now: clock.now() });
  if (serial !== null && problems.join() === otherPolicies) {
    await intents.achieved({ ...intent, data: { ...identifiers, issued: 'unwritten', serial } });
    throw new StationFault('CA-POLICY', { note: `${slot}: not exactly the policies ${plan.policies.join(', ')}` });
  }
  if (serial === null || problems.length > 0) throw new StationFault('ENC-CERT-MISMATCH', { note: `${slot}: the certificate ${problems.join(', ')}` });
  using plain = Secret.take(Uint8Array.from(certificate));
  await intents.keep(keptName(plan), await keys.seal(plain));
  await intents.achieved({ ...intent, data: { ...identifiers, issued: 'kept', serial } });
  await writeCertificate(session, plan, certificate, intents);
}

function keptName({ slot }: PivSlotPlan): string {
  return `certificate ${slot}`;
}

async function writeCertificate(session: PivSession, { slot }: PivSlotPlan, certificate: Uint8Array, intents: IntentPort): Promise<void> {
  const id = certificateContainer(slot);
  const contents = encodeCertificateObject(certificate);
  await repeatable(intents, `write ${slot}`, async () => {
    const sw = await session.putObject(id, contents);
    if (sw !== statusWord.ok) throw refusedBy(`write ${id}`, sw);
    const written = await session.getObject(id);
    if (written.kind !== 'found' || !Buffer.from(written.contents).equals(contents)) throw new StationFault('ENC-VERIFY', { note: `certificate ${slot} reads back otherwise` });
  }, { slot });
}

/** A certificate that lives from now on: were the card lost before it is kept, its number is known for revocation. */
async function recordCertificate(intents: IntentPort, slot: string, serial: string): Promise<void> {
  const known = pivIntent(`certificate ${slot}`, 'none', { slot, serial });
  await intents.intend(known);
  await intents.achieved(known);
}

function serialOf(certificate: Uint8Array): string | null {
  try {
    return new X509Certificate(certificate).serialNumber;
  } catch {
    // The check that follows refuses what is no certificate.
    return null;
  }
}

/** What is known of a certificate whose issue failed: there is none, or there may be one that nobody saw. */
type Unanswered = 'none' | 'unknown';

/** Asks the authority. `over` ends the act, so that it may be begun anew. */
async function enroll(request: Uint8Array, { ca, certificateLimit }: Issuance, over: (issued: Unanswered) => Promise<void>): Promise<Uint8Array> {
  try {
    return (await ca.enroll(request, certificateLimit)).certificate;
  } catch (error) {
    if (isAuthorityFault(error)) await over(unanswered(error));
    throw error;
  }
}

function unanswered({ code, detail }: StationFault): Unanswered {
  if (code === 'CA-REFUSED') return 'none';
  return code === 'ENC-CA-UNAVAILABLE' && detail.data?.['sent'] === false ? 'none' : 'unknown';
}
