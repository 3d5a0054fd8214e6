import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { cardProfileSchema, profileName, type CardProfile } from '../../queue/profile/card-profile.ts';
import type { Approver } from '../../queue/profile/approval.ts';
import type { ProfileSet } from '../../queue/profile/profile-set.ts';
import { profileDigest, releaseState, type ReleaseState } from '../../queue/profile/release-state.ts';
import { sectorProfileSchema, type SectorProfile } from '../../queue/profile/sector-profile.ts';
import { systemCode } from '../files/bounded-file.ts';
import { invalidSetting, readJsonSetting } from '../files/json-setting.ts';
import { readApprovers } from './read-approvers.ts';

const MAX_PROFILE_BYTES = 1024 * 1024;
/** Asked first, so that the reasons given are those of the right kind. */
const kindSchema = z.looseObject({ kind: z.enum(['card', 'sectors']) });

/** Where profiles lie, and where the approvers are listed whose signatures count. */
export interface ProfilesPlace {
  readonly profilesDir: string;
  readonly approversFile: string;
}

/** A profile as read: its file, its content without defaults, its digest, and how far its release has come. */
export interface ProfileFile {
  readonly file: string;
  readonly profile: CardProfile | SectorProfile;
  readonly content: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly state: ReleaseState;
}

/**
 * Reads every profile (`*.json`) of a folder. One that is called approved, and is not what a listed approver has signed,
 * counts as not approved. Throws `CFG-INVALID` naming file and field when one is not a profile, or when two have the same kind, id and version.
 */
export async function readProfiles(place: ProfilesPlace): Promise<ProfileSet> {
  const profiles = (await readProfileFiles(place)).map(({ profile, state }) => ({ ...profile, release: { ...profile.release, approved: state === 'approved' } }));
  return {
    cards: profiles.filter((profile): profile is CardProfile => profile.kind === 'card'),
    sectors: profiles.filter((profile): profile is SectorProfile => profile.kind === 'sectors'),
  };
}

/** What is wrong with a profile that is called approved: no order may use it, because what it says was not signed by a listed approver. */
export function approvalFindings({ profile, state }: ProfileFile): readonly Finding[] {
  if (!profile.release.approved || state === 'approved') return [];
  const detail = { field: profileName(profile), note: `its approval is ${state}` };
  return [{ code: 'ENC-PROFILE-UNVERIFIED', field: 'release', detail }];
}

/** Reads every profile of a folder with its file, digest and state, in order of file names. Throws as `readProfiles`. */
export async function readProfileFiles({ profilesDir, approversFile }: ProfilesPlace): Promise<readonly ProfileFile[]> {
  const names = (await namesIn(profilesDir)).filter((name) => name.endsWith('.json'));
  const approvers = await readApprovers(approversFile);
  const files = await Promise.all(names.map((name) => readProfile(join(profilesDir, name), approvers)));
  const seen = new Map<string, string>();
  files.forEach(({ file, profile }, index) => {
    const key = `${profile.kind} ${profile.id} version ${profile.version}`;
    if (seen.has(key)) throw invalidSetting(file, `${key} stands also in ${seen.get(key) ?? ''}`);
    seen.set(key, names[index] ?? '');
  });
  return files;
}

async function readProfile(file: string, approvers: readonly Approver[]): Promise<ProfileFile> {
  const value = await readJsonSetting(file, MAX_PROFILE_BYTES);
  const kind = kindSchema.safeParse(value);
  if (!kind.success) throw invalidSetting(file, z.prettifyError(kind.error));
  const parsed = kind.data.kind === 'card' ? cardProfileSchema.safeParse(value) : sectorProfileSchema.safeParse(value);
  if (!parsed.success) throw invalidSetting(file, z.prettifyError(parsed.error));
  const content = kind.data;
  const digest = profileDigest(content);
  return { file, profile: parsed.data, content, digest, state: releaseState(parsed.data.release, digest, approvers) };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    const reason = systemCode(error);
    if (reason === null) throw error;
    throw invalidSetting(folder, reason);
  }
}
