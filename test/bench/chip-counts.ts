import { dataBlocks, SECOND_DIRECTORY_SECTOR, hasSecondDirectory, sectorCount } from '../../drivers/codec/mifare-layout.ts';
import type { MifareJob } from '../../drivers/mifare-classic/job.ts';

/** One line of a derivation: what must be said to the chip, and how often at least. */
export interface NeededCommands {
  readonly what: string;
  readonly needed: number;
}

const TAG_BLOCKS = 2;

/** The part of a MIFARE issue that only finds out whether the chip is a blank; the rest makes the card. */
export const blankInspection = 'blank inspection: read block 0 and every data block';

/**
 * The fewest commands with which a MIFARE Classic chip can be issued in the order of cards.md 1.8 through a PC/SC reader
 * that keeps every key it is given: look at every sector before anything is written, write each block once and read it
 * once, write each trailer once and prove it by authenticating with both new keys and reading it. A key that nobody has
 * used before must be loaded before it can be used; a sector must be opened again when another was open in between.
 */
export function neededForMifare(job: MifareJob): readonly NeededCommands[] {
  const sectors = sectorCount(job.chip);
  const directories = hasSecondDirectory(job.chip) ? [0, SECOND_DIRECTORY_SECTOR] : [0];
  const directoryBlocks = directories.reduce((sum, sector) => sum + (sector === 0 ? 2 : 3), 0);
  const companyBlocks = job.sectors.reduce((sum, { blocks }) => sum + blocks.length, 0);
  const inspected = Array.from({ length: sectors }, (_, sector) => dataBlocks(sector).length).reduce((sum, blocks) => sum + blocks, 1);
  // The directory's key A is public and one for both directories; every other sector has two keys of its own.
  const newKeys = 2 * sectors - (directories.length - 1);
  return [
    { what: 'UID', needed: 1 },
    { what: 'load the transport key', needed: 1 },
    { what: 'look at every sector: open, read its trailer', needed: 2 * sectors },
    { what: blankInspection, needed: inspected },
    { what: 'tag: write, read back (its sector still stands open)', needed: 2 * TAG_BLOCKS },
    { what: 'open every sector again to write it', needed: sectors },
    { what: 'company data: write, read back', needed: 2 * companyBlocks },
    { what: 'directories: write, read back', needed: 2 * directoryBlocks },
    { what: 'trailers: write', needed: sectors },
    { what: 'load both new keys of every sector', needed: newKeys },
    { what: 'prove every trailer: open with A, open with B, read', needed: 3 * sectors },
  ];
}

/** A command as sent, and the bytes it carried. */
export type SentCommand = Uint8Array;

export interface CommandGroup extends NeededCommands {
  readonly sent: number;
}

const INS = { select: 0xa4, verify: 0x20, change: 0x24, general: 0x87, generate: 0x47, put: 0xdb, get: 0xcb, response: 0xc0, setKey: 0xff } as const;
const MANAGEMENT = 0x9b;

/**
 * The commands of a PIV issue against the fewest for the same result: select once; open with the factory's management
 * key once and prove the new one once (two commands each); write every object once, in as many chained parts as its
 * bytes need; read every object back once, in as many parts as the card answers in; one generation and one signature
 * (of the request) a slot; PIN verified once, PIN and PUK changed once, management key set once.
 */
export function pivCommandGroups(sent: readonly SentCommand[], slots: number): readonly CommandGroup[] {
  const puts = chains(sent, INS.put);
  const gets = chains(sent, INS.get);
  const count = (matches: (command: SentCommand) => boolean): number => sent.filter(matches).length;
  const ins = (value: number) => (command: SentCommand): boolean => command[1] === value;
  const management = (command: SentCommand): boolean => command[1] === INS.general && command[3] === MANAGEMENT;
  const written = new Set(puts.map(({ object }) => object));
  const sum = (found: readonly Chain[], wanted: (object: string) => boolean): number => [...new Map(found.filter(({ object }) => wanted(object)).map(({ object, parts }) => [object, parts])).values()].reduce((total, parts) => total + parts, 0);
  return [
    { what: 'select', sent: count(ins(INS.select)), needed: 1 },
    { what: 'management key: open, prove', sent: count(management), needed: 4 },
    { what: 'management key: set', sent: count(ins(INS.setKey)), needed: 1 },
    { what: 'objects written', sent: puts.reduce((total, { parts }) => total + parts, 0), needed: sum(puts, () => true) },
    { what: 'objects read (blank inspection, read-back)', sent: gets.reduce((total, { parts }) => total + parts, 0), needed: sum(gets, (object) => written.has(object)) },
    { what: 'key pairs generated', sent: count(ins(INS.generate)), needed: slots },
    { what: 'signatures (requests; the rest proves keys)', sent: count((command) => command[1] === INS.general && command[3] !== MANAGEMENT), needed: slots },
    { what: 'PIN verified', sent: count(ins(INS.verify)), needed: 1 },
    { what: 'PIN and PUK changed', sent: count(ins(INS.change)), needed: 2 },
  ];
}

interface Chain {
  readonly object: string;
  readonly parts: number;
}

/** Every chain that begins with this instruction: the object it names, and its commands with the GET RESPONSE after it. */
function chains(sent: readonly SentCommand[], ins: number): readonly Chain[] {
  const found: { object: string; parts: number }[] = [];
  let chained = false;
  let last: { object: string; parts: number } | null = null;
  for (const command of sent) {
    if (command[1] === INS.response) {
      if (last !== null) last.parts += 1;
      continue;
    }
    if (command[1] !== ins) {
      last = null;
      chained = false;
      continue;
    }
    if (chained && last !== null) last.parts += 1;
    else {
      last = { object: Buffer.from(command.subarray(5, 10)).toString('hex'), parts: 1 };
      found.push(last);
    }
    chained = ((command[0] ?? 0) & 0x10) !== 0;
  }
  return found;
}
