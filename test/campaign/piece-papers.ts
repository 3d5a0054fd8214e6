import { X509Certificate, createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJournalReader } from '../../queue/journal/journal-reader.ts';
import type { JournalRecord } from '../../queue/journal/journal-entry.ts';
import type { ChipSnapshot } from '../../simulator/card/simulated-chip.ts';
import { readPlasticLog, type PlasticRecord } from '../../simulator/machine/plastic-log.ts';
import type { SeenCard } from '../../simulator/script/control-protocol.ts';
import type { StationFiles } from './station-subject.ts';

/** A message as it lies in the portal's mailbox. */
export interface PortalMessage {
  readonly id: string;
  readonly orderId: string;
  readonly kind: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the chips of a card hold, read out of the card itself. */
export interface ChipContent {
  /** Certificates of the PIV chip: SHA-256 (hex) and subject. */
  readonly certificates: readonly { readonly sha256: string; readonly subject: string }[];
  /** Card numbers that stand in the MIFARE chip in plain text. */
  readonly numbers: readonly string[];
}

/** One station's papers: its journal, the machine's own account, the cards themselves, what a desk reader saw, and the portal's mailbox. */
export interface Papers {
  readonly stationId: string;
  readonly records: readonly JournalRecord[];
  readonly chainBroken: string | null;
  readonly plastic: readonly PlasticRecord[];
  readonly chips: ReadonlyMap<string, ChipContent>;
  readonly seen: readonly SeenCard[];
  readonly messages: readonly PortalMessage[];
  /** SHA-256 (hex) of every certificate that the authority signed. */
  readonly signed: ReadonlySet<string>;
}

/** One attempt as a journal tells it. */
export interface Attempt {
  readonly stationId: string;
  readonly orderId: string;
  readonly attempt: number;
  readonly records: readonly JournalRecord[];
}

export type Say = (invariant: string, text: string) => void;

/** Reads what a station left. Throws when a paper is not whole: then it proves nothing. */
export function readPapers(files: StationFiles): Papers {
  using reader = openJournalReader(files.journal);
  const chain = reader.verify();
  return {
    stationId: files.stationId,
    records: [...reader.records()],
    chainBroken: chain.brokenAt === null ? null : `record ${chain.brokenAt}: ${chain.reason ?? ''}`,
    plastic: readPlasticLog(files.plastic),
    chips: readChips(files.chips),
    seen: existsSync(files.look) ? (JSON.parse(readFileSync(files.look, 'utf8')) as readonly SeenCard[]) : [],
    messages: readMailbox(files.mailbox),
    signed: readSigned(files.issued),
  };
}

function readMailbox(folder: string): readonly PortalMessage[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => {
    const message = JSON.parse(readFileSync(join(folder, name), 'utf8')) as PortalMessage & { readonly at: string };
    return { ...message, at: Date.parse(message.at) };
  });
}

function readSigned(path: string): ReadonlySet<string> {
  if (!existsSync(path)) return new Set();
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return new Set(lines.map((line) => sha256(Buffer.from((JSON.parse(line) as { readonly certificate: string }).certificate, 'base64'))));
}

function readChips(folder: string): ReadonlyMap<string, ChipContent> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name.slice(0, -'.json'.length), contentOf(JSON.parse(readFileSync(join(folder, name), 'utf8')) as readonly ChipSnapshot[])]));
}

/** Tags of the containers of the certificates of slots 9A and 9E (SP 800-73-4, part 1, table 3). */
const certificateContainers = ['5FC105', '5FC101'];

function contentOf(chips: readonly ChipSnapshot[]): ChipContent {
  const piv = chips.find(({ kind }) => kind === 'piv');
  const objects = (piv?.memory as { readonly objects?: Readonly<Record<string, string>> } | undefined)?.objects ?? {};
  const certificates = certificateContainers.flatMap((container) => {
    const der = certificateIn(Buffer.from(objects[container] ?? '', 'hex'));
    return der === null ? [] : [{ sha256: sha256(der), subject: new X509Certificate(der).subject }];
  });
  const blocks = chips.flatMap(({ kind, memory }) => (kind === 'piv' ? [] : (memory as readonly string[])));
  const text = Buffer.from(blocks.join(''), 'hex').toString('latin1');
  return { certificates, numbers: text.match(/[A-Z]{2}-\d{4}-\d{6}/g) ?? [] };
}

/** The certificate in a container: tag 70 with a length of two bytes (SP 800-73-4, part 1, table 10). */
function certificateIn(container: Buffer): Buffer | null {
  if (container[0] !== 0x70 || container[1] !== 0x82) return null;
  return container.subarray(4, 4 + container.readUInt16BE(2));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The attempts of a journal, each with its records. */
export function attemptsOf({ stationId, records }: Papers): readonly Attempt[] {
  const attempts = new Map<string, Attempt & { records: JournalRecord[] }>();
  for (const record of records) {
    const { orderId, attempt } = record;
    const key = `${orderId}#${attempt}`;
    const own = attempts.get(key) ?? { stationId, orderId, attempt, records: [] };
    own.records.push(record);
    attempts.set(key, own);
  }
  return [...attempts.values()];
}

export const uidOf = ({ records }: Attempt): string | null => records.flatMap(({ entry }) => (entry.kind === 'identified' ? [entry.uid] : []))[0] ?? null;
export const outcomeOf = ({ records }: Attempt): string | null => records.flatMap(({ entry }) => (entry.kind === 'settled' ? [entry.outcome] : []))[0] ?? null;
export const nameOf = ({ orderId, attempt, stationId }: Attempt): string => `${orderId}#${attempt} at ${stationId}`;
