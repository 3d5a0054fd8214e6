import { stat } from 'node:fs/promises';
import type { AllowedKey } from '../drivers/keys/key-policy.ts';
import type { Clock } from '../drivers/contracts/clock.ts';
import { replaceFile } from '../drivers/contracts/durable-file.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { Finding } from '../drivers/contracts/finding.ts';
import { checkMifareJob } from '../drivers/mifare-classic/check-job.ts';
import { checkCardProfile } from '../queue/profile/check-card-profile.ts';
import { checkSectorProfile } from '../queue/profile/check-sector-profile.ts';
import { profileName, type CardProfile } from '../queue/profile/card-profile.ts';
import { checkProfileKeys } from '../queue/profile/profile-keys.ts';
import type { Release } from '../queue/profile/profile-parts.ts';
import { approvalMessage, samePerson, type Approver } from '../queue/profile/approval.ts';
import { profileDigest, releaseState, type ReleaseState } from '../queue/profile/release-state.ts';
import type { SectorProfile } from '../queue/profile/sector-profile.ts';
import { issueTestCard, type IssuedTestCard, type TestCardPlace } from './compose-test-card.ts';
import { specimenMifareJob } from './compose-specimen.ts';
import { askBench } from './compose-bench.ts';
import { readStationConfig } from './config/read-config.ts';
import type { StationConfig } from './config/station-config.ts';
import { approversBeside, readApprovers } from './intake/read-approvers.ts';
import { approvalFindings, readProfileFiles, type ProfileFile, type ProfilesPlace } from './intake/read-profiles.ts';

/** Which profiles: a folder and the file of its approvers, or those and the keys of a station's configuration; one id and version, or all. */
export interface ProfilesRequest {
  readonly profilesDir: string;
  /** Null: beside the folder. */
  readonly approversFile: string | null;
  readonly configFile: string | null;
  readonly id: string | null;
  readonly version: number | null;
  /** The card profile that a company's sectors are checked and issued with; when null the one they were issued with before, else the first that can hold them. */
  readonly card: string | null;
}

/** One profile as listed. */
export interface ProfileEntry {
  readonly kind: 'card' | 'sectors';
  readonly id: string;
  readonly version: number;
  readonly file: string;
  readonly digest: string;
  readonly state: ReleaseState;
  readonly release: Release;
}

/** One profile as checked. `keysChecked` is false where no configuration said which keys there are. */
export interface CheckedProfile extends ProfileEntry {
  readonly findings: readonly Finding[];
  readonly keysChecked: boolean;
  readonly testCard: IssuedTestCard | null;
}

interface Folder {
  readonly files: readonly ProfileFile[];
  readonly policy: readonly AllowedKey[] | null;
  readonly config: StationConfig | null;
  readonly approvers: readonly Approver[];
}

/** The key that an approval is signed with, in the approver's token. */
export interface ApprovalKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** ECDSA with SHA-256, DER. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Every profile of the folder with its state. Throws `CFG-INVALID`. */
export async function listProfiles(request: ProfilesRequest): Promise<readonly ProfileEntry[]> {
  return chosen(await openFolder(request), request).map(entryOf);
}

/**
 * Checks profiles: sectors, bytes and access conditions, keys by reference, and with a configuration whether the bench's
 * printer can make such cards. With a place, each one that is good is
 * issued once on a test card there, and the card is entered in its file. Throws `CFG-INVALID`, and what the bench throws.
 */
export async function checkProfiles(request: ProfilesRequest, place: TestCardPlace | null, clock: Clock): Promise<readonly CheckedProfile[]> {
  const folder = await openFolder(request);
  const checked: CheckedProfile[] = [];
  const cards = chosen(folder, request).flatMap(({ profile }) => (profile.kind === 'card' ? [profile] : []));
  const unfit = folder.config === null ? [] : (await askBench(folder.config, cards, 0)).findings;
  for (const file of chosen(folder, request)) {
    const card = cardFor(file, folder, request);
    const findings = [...findingsOf(file, card, folder), ...unfit.filter(({ field }) => field === profileName(file.profile))];
    if (place === null || findings.length > 0 || card === null) {
      checked.push({ ...entryOf(file), findings: [...findings, ...approvalFindings(file)], keysChecked: folder.policy !== null, testCard: null });
      continue;
    }
    const testCard = await issueTestCard(place, card, file.profile.kind === 'sectors' ? file.profile : null, clock);
    const { approved: _, by: __, at: ___, digest: ____, signature: _____, ...kept } = file.profile.release;
    const issuedWith = file.profile.kind === 'sectors' ? { with: profileName(card) } : {};
    const release: Release = { ...kept, approved: false, testCard: { on: testCard.on, uid: testCard.uid, profile: file.digest, chips: testCard.chips, ...issuedWith, at: new Date(clock.now()).toISOString() } };
    await writeRelease(file, release);
    checked.push({ ...entryOf(file), release, state: releaseState(release, file.digest, folder.approvers), findings, keysChecked: folder.policy !== null, testCard });
  }
  return checked;
}

/**
 * Approves one version: by a listed approver who did not write it, after it was issued on a test card as it stands now,
 * and while nothing is wrong with it. The approval is signed with the approver's key. Throws `ENC-PROFILE-APPROVAL` saying what is missing, `ENC-PROFILE-INVALID`, `CFG-INVALID`.
 */
export async function approveProfile(request: ProfilesRequest, by: string, key: ApprovalKey, clock: Clock): Promise<ProfileEntry> {
  const folder = await openFolder(request);
  const [file, ...more] = chosen(folder, request);
  if (file === undefined || more.length > 0) throw new StationFault('CLI-USAGE', { note: 'one profile is approved at a time: name its id and version' });
  const { release } = file.profile;
  const refuse = (note: string): never => { throw new StationFault('ENC-PROFILE-APPROVAL', { field: profileName(file.profile), note }); };
  if (file.state === 'approved') refuse(`it is approved already, by ${release.by ?? ''}`);
  if (release.author === undefined) refuse('release.author does not say who wrote it');
  if (samePerson(release.author ?? '', by)) refuse('its author cannot approve it');
  if (release.testCard === undefined) refuse('it was never issued on a test card');
  if (release.testCard?.profile !== file.digest) refuse('it was changed after its test card was issued');
  const [finding] = findingsOf(file, cardFor(file, folder, request), folder);
  if (finding !== undefined) throw new StationFault(finding.code, { ...finding.detail });
  if (!folder.approvers.some(({ name, publicKey }) => samePerson(name, by) && publicKey.export({ format: 'der', type: 'spki' }).equals(key.spki))) refuse(`the key is not listed as ${by}'s among the approvers`);
  const { signature: _, ...unsigned }: Release = { ...release, approved: true, by, at: new Date(clock.now()).toISOString(), digest: file.digest };
  const approved: Release = { ...unsigned, signature: Buffer.from(await key.sign(approvalMessage(unsigned))).toString('base64') };
  if (releaseState(approved, file.digest, folder.approvers) !== 'approved') refuse('its author is listed with the same key');
  await writeRelease(file, approved);
  return { ...entryOf(file), release: approved, state: 'approved' };
}

async function openFolder({ profilesDir, approversFile, configFile }: ProfilesRequest): Promise<Folder> {
  const config = configFile === null ? null : await readStationConfig(configFile);
  const place: ProfilesPlace = config ?? { profilesDir, approversFile: approversFile ?? approversBeside(profilesDir) };
  return { files: await readProfileFiles(place), policy: config?.keys.keys ?? null, approvers: await readApprovers(place.approversFile), config };
}

function chosen({ files }: Folder, { id, version }: ProfilesRequest): readonly ProfileFile[] {
  const found = files.filter(({ profile }) => (id === null || profile.id === id) && (version === null || profile.version === version));
  if (found.length === 0 && id !== null) throw new StationFault('CLI-USAGE', { note: `there is no profile ${id}${version === null ? '' : ` version ${version}`}` });
  return found;
}

function cardFor({ profile }: ProfileFile, { files }: Folder, { card }: ProfilesRequest): CardProfile | null {
  if (profile.kind === 'card') return profile;
  const cards = files
    .flatMap(({ profile: other }) => (other.kind === 'card' && other.mifare !== null && (card === null || other.id === card) ? [other] : []))
    .toSorted((one, other) => one.id.localeCompare(other.id, 'en') || other.version - one.version);
  const issuedWith = profile.release.testCard?.with;
  return cards.find((other) => profileName(other) === issuedWith) ?? cards.find((other) => checkSectorProfile(profile, other).length === 0) ?? cards[0] ?? null;
}

function findingsOf({ profile }: ProfileFile, card: CardProfile | null, { policy }: Folder): readonly Finding[] {
  const keys = policy === null ? [] : checkProfileKeys(profile, policy);
  if (card === null) return [...keys, { code: 'ENC-PROFILE-UNSUPPORTED', field: 'kind', detail: { note: 'no card profile with a MIFARE chip is there to hold these sectors' } }];
  const own = profile.kind === 'card' ? checkCardProfile(profile) : checkSectorProfile(profile, card);
  return own.length > 0 ? [...own, ...keys] : [...keys, ...chipFindings(card, profile.kind === 'sectors' ? profile : null)];
}

/** What the encoder itself finds wrong with a card made by this profile: access conditions among them. */
function chipFindings(card: CardProfile, sectors: SectorProfile | null): readonly Finding[] {
  const job = specimenMifareJob(card, sectors, '04000000000001');
  return job === null ? [] : checkMifareJob(job);
}

function entryOf({ file, profile, digest, state }: ProfileFile): ProfileEntry {
  return { kind: profile.kind, id: profile.id, version: profile.version, file, digest, state, release: profile.release };
}

/** Writes the file anew with another release; its content stays, whole or not at all. */
async function writeRelease({ file, content, digest }: ProfileFile, release: Release): Promise<void> {
  const next = { ...content, release };
  if (profileDigest(next) !== digest) throw new StationFault('STA-BUG', { note: 'a release does not change what is released' });
  replaceFile(file, `${JSON.stringify(next, null, 2)}\n`, (await stat(file)).mode & 0o777);
}
