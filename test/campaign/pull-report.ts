import { losses, type Fate, type PullCampaign, type PullResult } from './pull-at-every-apdu.ts';

const fates: readonly Fate[] = ['completed', 'scrapped', 'untouched and given back'];

/** The report of a campaign as Markdown. `every`: which share of the indexes was tried. */
export function pullReport({ commands, results }: PullCampaign, every: number): string {
  const bad = results.filter(({ problems }) => problems.length > 0);
  const indexes = new Set(results.map(({ at }) => at)).size;
  const deaths = new Set(results.filter(({ how }) => how.startsWith('daemon')).map(({ at }) => at)).size;
  const stations = ['contactless', 'contact'] as const;
  const counted = stations.map((station) => `${commands.filter((command) => command.station === station).length} to the ${station} chip`).join(', ');
  return [
    '# A pull at every APDU of a whole issue',
    '',
    'Made by `node dist/test/campaign/pulls.js`. The station is the real one (loop, journal, store, printer driver, token, certificate authority); the chips are spoken to in process,',
    'so that the loss can be set to any single command. One card of the sample (MIFARE with company sectors, then PIV, print, read-back of both, output) is made undisturbed first;',
    'its commands are the indexes. Then, each with a new order and one blank: the card loses the field, or the daemon dies, before the chip gets the command or after it has done it.',
    'After the death of the daemon the station goes on from its journal. A card in the output is judged by its chips alone (`test/campaign/judge-card.ts`).',
    '',
    `- Commands of a whole issue: **${commands.length}** (${counted}).`,
    `- Indexes tried: **${indexes}**${every === 1 ? ', every one' : `, every ${every}th`}; the card lost at each before and after, the daemon lost at ${deaths} of them before and after: ${results.length} issues.`,
    `- Cards called good that are not, sectors left open, cards lost: **${bad.length}**.`,
    '',
    `| what was lost | ${fates.join(' | ')} |`,
    `| --- | ${fates.map(() => '---:').join(' | ')} |`,
    ...losses.map((how) => `| ${how} | ${fates.map((fate) => count(results, how, fate)).join(' | ')} |`),
    '',
    '## Scrapped after a death of the daemon',
    '',
    ...scrappedByDeath(results),
    '',
    ...(bad.length === 0 ? [] : ['## Problems', '', ...bad.map(({ at, how, command, said, problems }) => `- command ${at} (${command.station} ${command.head}), ${how}: ${said}: ${problems.join('; ')}`), '']),
  ].join('\n');
}

function count(results: readonly PullResult[], how: string, fate: Fate): number {
  return results.filter((result) => result.how === how && result.fate === fate).length;
}

function scrappedByDeath(results: readonly PullResult[]): readonly string[] {
  const scrapped = results.filter(({ how, fate }) => how.startsWith('daemon') && fate !== 'completed');
  if (scrapped.length === 0) return ['None: every card was finished by the daemon that came after.'];
  return ['The act that was interrupted must not be begun twice on one card (a key generation, an issued certificate):', '', ...scrapped.map(({ at, how, command, said }) => `- command ${at} (${command.station} ${command.head}), ${how}: ${said}`)];
}
