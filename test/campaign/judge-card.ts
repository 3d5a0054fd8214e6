import { decodeAccessBits } from '../../drivers/codec/access-bits.ts';
import { decodeDirectory } from '../../drivers/codec/mad.ts';
import type { SimulatedChip } from '../../simulator/card/simulated-chip.ts';
import type { LivingCard } from '../../simulator/machine/living-card.ts';

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

function mifareProblems(card: LivingCard): readonly string[] {
  const snapshot = card.snapshots().find(({ kind }) => kind === 'mifare-classic-1k');
  if (snapshot === undefined) return ['no MIFARE chip'];
  const blocks = snapshot.memory as readonly string[];
  const problems = Array.from({ length: 16 }, (_, sector) => trailerProblems(sector, blocks[sector * 4 + 3] ?? '')).flat();
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
