import { join } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { KeyReference } from '../../drivers/contracts/keys.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { CheckedProfile, ProfileEntry, ProfilesRequest } from '../compose-profiles.ts';
import { findingJson, findingLine } from './check.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { readPinFile, userPlace, type UserPlace } from './keys-token.ts';

interface Options {
  readonly config?: string;
  readonly profiles: string;
  readonly approvers?: string;
  readonly version?: string;
  readonly card?: string;
  readonly json?: boolean;
}

interface CheckOptions extends Options {
  readonly issue?: boolean;
  readonly bench?: boolean;
}

interface KeyOptions {
  readonly config?: string;
  readonly simulated: string;
  readonly token?: string;
  readonly pinFile?: string;
  readonly key: string;
  readonly keyVersion: string;
  readonly json?: boolean;
}

interface ApproveOptions extends Options, KeyOptions {
  readonly by: string;
}

/** `kortverk profiles list|check|approve|approver`: what a card type carries, from draft to approval. */
export const registerProfiles: CommandRegistration = (program) => {
  const profiles = program.command('profiles').description('Card profiles and company sectors: list, check, issue on a test card, approve');
  withOptions(profiles.command('list').description('List the profiles: draft, tested, approved, changed since, incomplete, or unverified (no listed approver signed it)'))
    .action(async (options: Options) => perform(options, () => list(options)));
  withOptions(profiles.command('check [id]').description('Check profiles: sectors, bytes, access conditions, key references; exit 1 when one is faulty'))
    .option('--issue', 'issue each good one once on a simulated blank, and enter the test card in its file')
    .option('--bench', "issue on a blank of the configuration's bench instead; the card goes to the reject box")
    .action(async (id: string | undefined, options: CheckOptions) => perform(options, () => check(id ?? null, options)));
  withKeyOptions(withOptions(profiles.command('approve <id>').description("Approve one version that was issued on a test card; by a listed approver who did not write it, signed with the approver's key")))
    .requiredOption('--by <name>', 'who approves, as the file of approvers lists the name')
    .action(async (id: string, options: ApproveOptions) => perform(options, () => approve(id, options)));
  withKeyOptions(withPlaceOptions(profiles.command('approver <name>').description("Show an approver's entry for the file of approvers; the key pair is made in the token where it is not there")))
    .action(async (name: string, options: KeyOptions) => perform(options, () => approver(name, options)));
};

/** Which key signs: a key pair of the approver's token, by default of the station's. */
function withKeyOptions(command: Command): Command {
  return command
    .option('--key <label>', "label of the approver's key pair", 'profile-approver')
    .option('--key-version <number>', 'its version', '1')
    .option('--token <label>', "the approver's own token, where it is not the station's")
    .option('--pin-file <file>', "the PIN of that token, in a file that nobody else may read")
    .option('--simulated <folder>', 'the token of a simulated station, where no configuration is given', 'var/token');
}

function withPlaceOptions(command: Command): Command {
  return command
    .option('--config <file>', "configuration of a station: its profiles, its approvers, and its keys to check references against")
    .option('--json', 'print the result as JSON');
}

function withOptions(command: Command): Command {
  return withPlaceOptions(command)
    .option('--approvers <file>', "file of the approvers when no configuration is given; by default approvers.json beside the profiles' folder")
    .option('--profiles <dir>', 'folder of the profiles when no configuration is given', join(packageRoot(), 'samples', 'profiles'))
    .option('--version <number>', 'this version only')
    .option('--card <id>', "the card profile that a company's sectors are checked and issued with");
}

async function list(options: Options): Promise<CommandResult> {
  const { listProfiles } = await import('../compose-profiles.ts');
  const entries = await listProfiles(requestOf(null, options));
  return { exitCode: 0, json: { profiles: entries.map(entryJson) }, lines: entries.map(entryLine) };
}

async function check(id: string | null, options: CheckOptions): Promise<CommandResult> {
  if (options.bench === true && options.config === undefined) throw new StationFault('CLI-USAGE', { note: '--bench needs --config' });
  const { checkProfiles } = await import('../compose-profiles.ts');
  const place = options.bench === true ? { on: 'bench', configFile: options.config ?? '' } as const : options.issue === true ? { on: 'simulated blank' } as const : null;
  const checked = await checkProfiles(requestOf(id, options), place, systemClock);
  const good = checked.every(({ findings }) => findings.length === 0);
  return { exitCode: good ? 0 : 1, json: { profiles: checked.map(checkedJson) }, lines: checked.flatMap(checkedLines) };
}

async function approve(id: string, options: ApproveOptions): Promise<CommandResult> {
  const { approveProfile } = await import('../compose-profiles.ts');
  const { withApprovalKey } = await import('../compose-approver.ts');
  const place = await approverPlace(options);
  using _pin = place.pin;
  const entry = await withApprovalKey(place, keyOf(options), (key) => approveProfile(requestOf(id, options), options.by, key, systemClock));
  return { exitCode: 0, json: entryJson(entry), lines: [entryLine(entry)] };
}

async function approver(name: string, options: KeyOptions): Promise<CommandResult> {
  const { approverEntry } = await import('../compose-approver.ts');
  const place = await approverPlace(options);
  using _pin = place.pin;
  const entry = await approverEntry(place, keyOf(options), name);
  return { exitCode: 0, json: entry, lines: ['To be added to the file of approvers, by whoever keeps it:', JSON.stringify(entry)] };
}

/** The token that the approver's key is in: the approver's own, else the station's. The caller wipes the PIN. */
async function approverPlace(options: KeyOptions): Promise<UserPlace> {
  if ((options.token === undefined) !== (options.pinFile === undefined)) throw new StationFault('CLI-USAGE', { note: '--token and --pin-file go together' });
  const station = await userPlace(options);
  if (options.token === undefined || options.pinFile === undefined) return station;
  station.pin.wipe();
  return { ...station, tokenLabel: options.token, pin: await readPinFile(options.pinFile) };
}

function keyOf({ key, keyVersion }: KeyOptions): KeyReference {
  if (!/^[1-9]\d{0,4}$/.test(keyVersion)) throw new StationFault('CLI-USAGE', { note: `${keyVersion} is not a version` });
  return { label: key, version: Number(keyVersion) };
}

function requestOf(id: string | null, { profiles, approvers, config, version, card }: Options): ProfilesRequest {
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) throw new StationFault('CLI-USAGE', { note: `${version} is not a version` });
  return { profilesDir: profiles, approversFile: approvers ?? null, configFile: config ?? null, id, version: version === undefined ? null : Number(version), card: card ?? null };
}

function entryJson({ kind, id, version, file, digest, state, release }: ProfileEntry): Readonly<Record<string, unknown>> {
  return { kind, id, version, state, file, digest, release };
}

function checkedJson(checked: CheckedProfile): unknown {
  return { ...entryJson(checked), findings: checked.findings.map(findingJson), keysChecked: checked.keysChecked, testCard: checked.testCard };
}

function entryLine({ kind, id, version, state, digest, release }: ProfileEntry): string {
  const people = [`written by ${release.author ?? '-'}`, ...(state === 'approved' ? [`approved by ${release.by ?? '-'} at ${release.at ?? '-'}`] : [])];
  return `${state.padEnd(10)} ${kind.padEnd(7)} ${id} version ${version}  ${digest.slice(0, 12)}  ${people.join(', ')}`;
}

function checkedLines(checked: CheckedProfile): readonly string[] {
  const { findings, keysChecked, testCard } = checked;
  return [
    entryLine(checked),
    ...findings.map((finding) => `  ${findingLine(finding)}`),
    ...(keysChecked ? [] : ['  key references are not checked: no configuration says which keys there are']),
    ...(testCard === null ? [] : [`  test card ${testCard.uid} on ${testCard.on}: issued in ${testCard.acts.length} acts and read back, ${testCard.chips.slice(0, 12)}`]),
    ...(testCard === null || testCard.on !== 'bench' || testCard.certificates.length === 0 ? [] : [`  revoke its certificates: ${testCard.certificates.join(', ')}`]),
  ];
}
