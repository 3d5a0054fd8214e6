import { access, constants } from 'node:fs/promises';
import type { Finding } from '../drivers/contracts/finding.ts';
import { checkProfileKeys } from '../queue/profile/profile-keys.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import { openConversion } from '../templates/panels/open-conversion.ts';
import type { CardProfile } from '../queue/profile/card-profile.ts';
import { askBench } from './compose-bench.ts';
import { readStationConfig } from './config/read-config.ts';
import { authorityFiles } from './config/authority-config.ts';
import type { StationConfig } from './config/station-config.ts';
import { approvalFindings, readProfileFiles, readProfiles } from './intake/read-profiles.ts';
import type { BenchReport } from './station/station-desk.ts';

/** A configuration file as found: what it says, and what is wrong with it beside its form. */
export interface ConfigCheck {
  readonly config: StationConfig;
  readonly findings: readonly Finding[];
  /** What the bench's printer said; null when it was not to be asked. */
  readonly bench: BenchReport | null;
}

/**
 * Reads a configuration file and looks whether a station could start with it: settings that do not fit each other, and
 * unless `formOnly`, files that cannot be read, profiles that name keys the station may not use, and profiles whose cards
 * the bench's printer cannot make, as far as it answers or its protocol tells. Throws `CFG-INVALID` for a file of the
 * wrong form.
 */
export async function checkConfig(file: string, formOnly: boolean): Promise<ConfigCheck> {
  const config = await readStationConfig(file);
  const together = settingsTogether(config);
  if (formOnly) return { config, findings: together, bench: null };
  const bench = await askBench(config, await approvedCards(config), 0);
  return { config, findings: [...together, ...(await missingFiles(config)), ...(await profileFindings(config)), ...(await colourFindings(config)), ...bench.findings], bench };
}

/** Settings that are right by themselves and wrong together. */
function settingsTogether({ station, queue, keys, bench }: StationConfig): readonly Finding[] {
  const findings: Finding[] = [];
  const { stations = [station.id] } = station;
  if (!stations.includes(station.id)) findings.push(invalid('station.stations', `${station.id} is not among them`));
  if (stations.length > 1 && queue.kind === 'embedded') findings.push(invalid('queue', 'the embedded queue serves one station only: several need a server'));
  if (stations.length > 1 && station.cardNumbers === undefined) findings.push(invalid('station.cardNumbers', 'several stations need a range of numbers each'));
  if (station.sharing !== undefined && stations.length < 2) findings.push(invalid('station.sharing', 'a station that is alone shares with nobody'));
  const sealing = keys.keys.filter(({ use }) => use === 'seal').length;
  if (sealing !== 1) findings.push(invalid('keys.keys', `exactly one key seals, here ${sealing}`));
  if (bench.readers.contactless === null) findings.push(invalid('bench.readers.contactless', 'without it no card can be identified'));
  return findings;
}

async function missingFiles(config: StationConfig): Promise<readonly Finding[]> {
  const { keys, certificateAuthority: ca, queue, mailbox } = config;
  const files: Readonly<Record<string, string | undefined>> = {
    'keys.module': keys.module,
    'keys.pinFile': keys.pinFile,
    ...authorityFiles(ca),
    portalKeyFile: config.portalKeyFile,
    profilesDir: config.profilesDir,
    approversFile: config.approversFile,
    ...queueFiles(queue),
    'station.sharing.keyFile': config.station.sharing?.keyFile,
    'mailbox.tokenFile': mailbox?.kind === 'http' ? mailbox.tokenFile : undefined,
  };
  const findings: Finding[] = [];
  for (const [field, path] of Object.entries(files)) {
    if (path !== undefined && !(await canRead(path))) findings.push(invalid(field, `${path} cannot be read`));
  }
  return findings;
}

function queueFiles(queue: StationConfig['queue']): Readonly<Record<string, string | undefined>> {
  if (queue.kind === 'embedded') return {};
  const { caFile, certificateFile, keyFile } = typeof queue.tls === 'boolean' ? {} : queue.tls;
  return {
    'queue.passwordFile': queue.passwordFile,
    'queue.sentinelPasswordFile': queue.kind === 'sentinel' ? queue.sentinelPasswordFile : undefined,
    'queue.tls.caFile': caFile,
    'queue.tls.certificateFile': certificateFile,
    'queue.tls.keyFile': keyFile,
  };
}

async function canRead(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

async function profileFindings({ profilesDir, approversFile, keys }: StationConfig): Promise<readonly Finding[]> {
  if (!(await canRead(profilesDir)) || !(await canRead(approversFile))) return [];
  try {
    const files = await readProfileFiles({ profilesDir, approversFile });
    const found = files.flatMap((file) => [...checkProfileKeys(file.profile, keys.keys), ...approvalFindings(file)]);
    return files.some(({ profile }) => profile.kind === 'card') ? found : [invalid('profilesDir', 'no card profile lies there'), ...found];
  } catch (error) {
    if (error instanceof StationFault) return [{ code: error.code, field: 'profilesDir', detail: error.detail }];
    throw error;
  }
}

/** Profiles and tables of the printers' colours that cannot be used. */
async function colourFindings({ bench }: StationConfig): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [index, { colour }] of bench.printer.calibrations.entries()) {
    try {
      await openConversion(colour);
    } catch (error) {
      if (!(error instanceof StationFault)) throw error;
      findings.push(invalid(`bench.printer.calibrations.${index}.colour`, `${error.detail.field ?? ''} ${error.detail.note ?? ''}`));
    }
  }
  return findings;
}

async function approvedCards(config: StationConfig): Promise<readonly CardProfile[]> {
  if (!(await canRead(config.profilesDir)) || !(await canRead(config.approversFile))) return [];
  try {
    return (await readProfiles(config)).cards.filter(({ release }) => release.approved);
  } catch (error) {
    // What is wrong with a profile is a finding of its own.
    if (error instanceof StationFault) return [];
    throw error;
  }
}

function invalid(field: string, note: string): Finding {
  return { code: 'CFG-INVALID', field, detail: { field, note } };
}
