import { decodeAccessBits } from '../../drivers/codec/access-bits.ts';
import { decodeDirectory } from '../../drivers/codec/mad.ts';
import type { SectorAccount } from '../../queue/journal/journal-entry.ts';
import type { SimulatedChip } from '../../simulator/card/simulated-chip.ts';
import type { LivingCard } from '../../simulator/machine/living-card.ts';

/** Of the 1K chip that the campaign's cards have. */
const SECTORS = 16;
const TRANSPORT_KEY = 'FFFFFFFFFFFF';
const SELECT_PIV = '00A404000BA000000308000010000100';
/** VERIFY with the PIN of a blank, 123456. */
const FACTORY_PIN = '0020008008313233343536FFFF';
const OBJECTS = { CHUID: '5FC102', 'certificate 9A': '5FC105', 'certificate 9E': '5FC101' } as const;

/**
 * What is wrong with a card that was called good, judged by its chips alone: no driver, session or plan of the station
 * is asked. No transport key, no delivery access bits and no contradicting ones in any sector; a directory that
 * verifies; a PIV applet with its objects, whose factory PIN is refused.
 */
export function goodCardProblems(card: LivingCard): readonly string[] {
  return [...mifareProblems(card), ...pivProblems(card.faces.contact)];
}

/**
 * What is wrong with the record of a rejected card, by its MIFARE chip alone: a sector that has a transport key, or
 * access bits that let it be opened, must be named as open or in doubt, and none may be said to be locked that is not.
 * A chip that nobody wrote on needs no record.
 */
export function namedSectorProblems(card: LivingCard, account: SectorAccount | null): readonly string[] {
  const blocks = mifareBlocks(card);
  if (blocks === null) return ['no MIFARE chip'];
  const isOpen = (sector: number): boolean => trailerProblems(sector, blocks[sector * 4 + 3] ?? '').length > 0;
  const open = new Set(Array.from({ length: SECTORS }, (_, sector) => sector).filter(isOpen));
  if (account === null) return open.size === SECTORS ? [] : ['the record of the rejected card names no sectors'];
  const named = new Set([...account.inDoubt, ...account.open]);
  return [
    ...[...open].filter((sector) => !named.has(sector)).map((sector) => `sector ${sector} stands open and is not named`),
    ...account.open.filter((sector) => !open.has(sector)).map((sector) => `sector ${sector} is named open and is locked`),
  ];
}

function mifareBlocks(card: LivingCard): readonly string[] | null {
  const snapshot = card.snapshots().find(({ kind }) => kind === 'mifare-classic-1k');
  return snapshot === undefined ? null : (snapshot.memory as readonly string[]);
}

function mifareProblems(card: LivingCard): readonly string[] {
  const blocks = mifareBlocks(card);
  if (blocks === null) return ['no MIFARE chip'];
  const problems = Array.from({ length: SECTORS }, (_, sector) => trailerProblems(sector, blocks[sector * 4 + 3] ?? '')).flat();
  const directory = decodeDirectory(Uint8Array.from(Buffer.from(`${blocks[1] ?? ''}${blocks[2] ?? ''}`, 'hex')), 1);
  return directory === null ? [...problems, 'the directory does not verify'] : problems;
}

function trailerProblems(sector: number, trailer: string): readonly string[] {
  const access = decodeAccessBits(Uint8Array.from(Buffer.from(trailer.slice(12, 18), 'hex')));
  const problems: string[] = [];
  if (trailer.startsWith(TRANSPORT_KEY) || trailer.endsWith(TRANSPORT_KEY)) problems.push(`sector ${sector} has a transport key`);
  if (access === null) problems.push(`sector ${sector} has access bits that contradict themselves`);
  else if (access.trailer.readKeyB !== 'never') problems.push(`sector ${sector} is open: key B can be read`);
  return problems;
}

function pivProblems(chip: SimulatedChip): readonly string[] {
  const send = (hex: string): string => Buffer.from(chip.transmit(Uint8Array.from(Buffer.from(hex, 'hex')))).toString('hex').toUpperCase();
  chip.reset();
  const problems: string[] = [];
  if (!/9000$|61..$/.test(send(SELECT_PIV))) problems.push('the PIV applet is not there');
  for (const [name, id] of Object.entries(OBJECTS)) if (!/9000$|61..$/.test(send(`00CB3FFF055C03${id}00`))) problems.push(`${name} is not there`);
  if (!/63C.$|6983$/.test(send(FACTORY_PIN))) problems.push('the factory PIN is not refused');
  chip.powerOff();
  return problems;
}
