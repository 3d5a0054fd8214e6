import { asStationFault } from '../../drivers/contracts/fault.ts';
import { inWords } from '../faults/fault-bench.ts';
import { InProcessStation, type CountedCommand, type Loss } from './in-process-station.ts';
import { goodCardProblems } from './judge-card.ts';

export const losses: readonly Loss[] = ['card, before', 'card, after', 'daemon, before', 'daemon, after'];

/** What became of the card that was in the machine when something was lost. */
export type Fate = 'completed' | 'scrapped' | 'untouched and given back';

export interface PullResult {
  readonly at: number;
  readonly how: Loss;
  readonly command: CountedCommand;
  readonly fate: Fate;
  /** What the station said in the end. */
  readonly said: string;
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
  /** At every so manieth of them the daemon dies as well, which takes a whole card each time. */
  readonly deathsEvery: number;
}

/**
 * Makes one card undisturbed to learn its commands, then loses the card at each index chosen, and the daemon at some,
 * each time with a new order and a single blank. A card counts as good when it lies in the output; then it must be good by its chips
 * alone, and the journal must say finished. A card that is not finished must not lie there.
 */
export async function pullAtEveryApdu({ every, first, deathsEvery }: PullOptions, say: (line: string) => void): Promise<PullCampaign> {
  await using station = await InProcessStation.open();
  const commands = await wholeIssue(station);
  const results: PullResult[] = [];
  for (let at = first; at < commands.length; at += every) {
    const ways = losses.filter((how) => how.startsWith('card') || (at - first) % (every * deathsEvery) === 0);
    for (const how of ways) results.push(await pullOnce(station, at, how));
    say(`command ${at} of ${commands.length}`);
  }
  return { commands, results };
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
  let said: string;
  try {
    said = inWords(await station.produce(orderId));
  } catch (error) {
    const { code } = asStationFault(error);
    if (code !== 'STA-ABORTED') throw error;
    said = inWords(await station.produce(orderId));
  }
  const command = station.commands[at];
  if (command === undefined) throw new Error(`command ${at} was never sent`);
  const cards = station.left.splice(0);
  const finished = station.core.journal.outcomeOf(orderId)?.outcome === 'finished';
  const output = cards.filter(({ to }) => to === 'output');
  const problems = [
    ...output.flatMap(({ card }) => goodCardProblems(card)),
    ...(finished && output.length !== 1 ? ['finished without a card in the output'] : []),
    ...(!finished && output.length > 0 ? ['a card lies in the output that is not finished'] : []),
    ...(cards.length > 1 ? ['more than one card left'] : []),
    ...(finished || said.startsWith('paused for PRN-FEEDER-EMPTY') ? [] : [`ended otherwise: ${said}`]),
  ];
  const fate: Fate = finished ? 'completed' : cards.length > 0 ? 'scrapped' : 'untouched and given back';
  return { at, how, command, fate, said, problems };
}
