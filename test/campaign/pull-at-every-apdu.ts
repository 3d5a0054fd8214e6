import { asStationFault } from '../../drivers/contracts/fault.ts';
import type { JournalEntry } from '../../queue/journal/journal-entry.ts';
import { inWords } from '../faults/fault-bench.ts';
import { InProcessStation, type CountedCommand, type LeftCard, type Loss } from './in-process-station.ts';
import { goodCardProblems, namedSectorProblems } from './judge-card.ts';

export const losses: readonly Loss[] = ['card, before', 'card, after', 'chip, before', 'chip, after', 'daemon, before', 'daemon, after'];

/** What became of the card that was in the machine when something was lost. */
export type Fate = 'completed' | 'scrapped' | 'untouched and given back';

export interface PullResult {
  readonly at: number;
  readonly how: Loss;
  readonly command: CountedCommand;
  readonly fate: Fate;
  /** What the station said in the end. */
  readonly said: string;
  /** Why the card was rejected, as the journal says; null for a card that was completed. */
  readonly reason: string | null;
  readonly problems: readonly string[];
}

export interface PullCampaign {
  /** The commands of one whole issue, in order: the indexes. */
  readonly commands: readonly CountedCommand[];
  readonly results: readonly PullResult[];
}

export interface PullOptions {
  /** The first index, and the distance to the next. */
  readonly first: number;
  readonly every: number;
  /** What an earlier run found: these are not tried again. */
  readonly known?: PullCampaign;
  /** Told the indexes once, then each result as soon as it is there. */
  readonly onCommands?: (commands: readonly CountedCommand[]) => void;
  readonly onResult?: (result: PullResult) => void;
}

/**
 * Makes one card undisturbed to learn its commands, then loses card, chip and daemon at each index chosen, each time
 * with a new order and a single blank. A card counts as good when it lies in the output; then it must be good by its chips
 * alone, and the journal must say finished. A card that is not finished must not lie there, and its record must name
 * every sector that stands open. Throws when the indexes are not those of an earlier run.
 */
export async function pullAtEveryApdu({ every, first, known, onCommands, onResult }: PullOptions): Promise<PullCampaign> {
  await using station = await InProcessStation.open();
  const commands = await wholeIssue(station);
  if (known !== undefined && known.commands.length > 0 && !isSameIssue(known.commands, commands)) throw new Error('the earlier results are of other commands than this program sends');
  onCommands?.(commands);
  const results: PullResult[] = [];
  for (let at = first; at < commands.length; at += every) {
    for (const how of losses) {
      if (known?.results.some((result) => result.at === at && result.how === how) === true) continue;
      const result = await pullOnce(station, at, how);
      results.push(result);
      onResult?.(result);
    }
  }
  return { commands, results };
}

/** Whether two lists of indexes are of the same program. Which slot of a reader a key goes to differs from card to card, so class and instruction are compared. */
export function isSameIssue(one: readonly CountedCommand[], other: readonly CountedCommand[]): boolean {
  const kinds = (commands: readonly CountedCommand[]): string => commands.map(({ station, head }) => `${station} ${head.slice(0, 4)}`).join();
  return kinds(one) === kinds(other);
}

async function wholeIssue(station: InProcessStation): Promise<readonly CountedCommand[]> {
  const orderId = station.begin(1, null);
  const result = await station.produce(orderId);
  const [card] = station.left.splice(0);
  const problems = card === undefined ? ['no card left'] : goodCardProblems(card.card);
  if (result.kind !== 'settled' || result.outcome !== 'finished' || problems.length > 0) throw new Error(`an undisturbed issue failed: ${inWords(result)}: ${problems.join(', ')}`);
  return [...station.commands];
}

async function pullOnce(station: InProcessStation, at: number, how: Loss): Promise<PullResult> {
  const orderId = station.begin(1, { at, how });
  const said = await produceToTheEnd(station, orderId);
  const command = station.commands[at];
  if (command === undefined) throw new Error(`command ${at} was never sent`);
  const cards = station.left.splice(0);
  const entries = station.core.journal.recordsOf(orderId).map(({ entry }) => entry);
  const finished = station.core.journal.outcomeOf(orderId)?.outcome === 'finished';
  const fate: Fate = finished ? 'completed' : cards.length > 0 ? 'scrapped' : 'untouched and given back';
  const problems = [...problemsOf(cards, entries, finished), ...(finished || said.startsWith('paused for PRN-FEEDER-EMPTY') ? [] : [`ended otherwise: ${said}`])];
  if (!finished) await station.takeBack(orderId);
  return { at, how, command, fate, said, reason: rejectionOf(entries)?.reason ?? null, problems };
}

/** A station whose daemon died is asked a second time, as the one that comes after it. */
async function produceToTheEnd(station: InProcessStation, orderId: string): Promise<string> {
  try {
    return inWords(await station.produce(orderId));
  } catch (error) {
    const { code } = asStationFault(error);
    if (code !== 'STA-ABORTED') throw error;
    return inWords(await station.produce(orderId));
  }
}

function rejectionOf(entries: readonly JournalEntry[]): Extract<JournalEntry, { kind: 'eject-intent' }> | null {
  const entry = entries.findLast(({ kind }) => kind === 'eject-intent');
  return entry?.kind === 'eject-intent' && entry.to === 'reject' ? entry : null;
}

function problemsOf(cards: readonly LeftCard[], entries: readonly JournalEntry[], finished: boolean): readonly string[] {
  const output = cards.filter(({ to }) => to === 'output');
  const rejected = cards.filter(({ to }) => to === 'reject');
  return [
    ...output.flatMap(({ card }) => goodCardProblems(card)),
    ...rejected.flatMap(({ card }) => namedSectorProblems(card, rejectionOf(entries)?.sectors ?? null)),
    ...(finished && output.length !== 1 ? ['finished without a card in the output'] : []),
    ...(!finished && output.length > 0 ? ['a card lies in the output that is not finished'] : []),
    ...(cards.length > 1 ? ['more than one card left'] : []),
  ];
}
