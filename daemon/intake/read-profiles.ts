import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { cardProfileSchema, type CardProfile } from '../../queue/profile/card-profile.ts';
import type { ProfileSet } from '../../queue/profile/profile-set.ts';
import { sectorProfileSchema, type SectorProfile } from '../../queue/profile/sector-profile.ts';
import { readBounded, systemCode } from './bounded-file.ts';

const MAX_PROFILE_BYTES = 1024 * 1024;
/** Asked first, so that the reasons given are those of the right kind. */
const kindSchema = z.object({ kind: z.enum(['card', 'sectors']) });

/**
 * Reads every profile (`*.json`) of a folder. Throws `CFG-INVALID` naming file and field when one is not a profile, or
 * when two have the same kind, id and version.
 */
export async function readProfiles(folder: string): Promise<ProfileSet> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.json'));
  const profiles = await Promise.all(names.map((name) => readProfile(join(folder, name))));
  const seen = new Map<string, string>();
  profiles.forEach((profile, index) => {
    const key = `${profile.kind} ${profile.id} version ${profile.version}`;
    if (seen.has(key)) throw invalid(join(folder, names[index] ?? ''), `${key} stands also in ${seen.get(key) ?? ''}`);
    seen.set(key, names[index] ?? '');
  });
  return {
    cards: profiles.filter((profile): profile is CardProfile => profile.kind === 'card'),
    sectors: profiles.filter((profile): profile is SectorProfile => profile.kind === 'sectors'),
  };
}

async function readProfile(file: string): Promise<CardProfile | SectorProfile> {
  const read = await readBounded(file, MAX_PROFILE_BYTES);
  if (read.kind === 'refused') throw invalid(file, read.note);
  const value = parseJson(Buffer.from(read.bytes).toString('utf8'), file);
  const kind = kindSchema.safeParse(value);
  if (!kind.success) throw invalid(file, z.prettifyError(kind.error));
  const parsed = kind.data.kind === 'card' ? cardProfileSchema.safeParse(value) : sectorProfileSchema.safeParse(value);
  if (!parsed.success) throw invalid(file, z.prettifyError(parsed.error));
  return parsed.data;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    const reason = systemCode(error);
    if (reason === null) throw error;
    throw invalid(folder, reason);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(file, 'not JSON');
  }
}

function invalid(file: string, note: string): StationFault {
  return new StationFault('CFG-INVALID', { field: file, note });
}
