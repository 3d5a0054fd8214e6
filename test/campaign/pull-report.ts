import { losses, type Fate, type PullCampaign, type PullResult } from './pull-at-every-apdu.ts';

const fates: readonly Fate[] = ['completed', 'scrapped', 'untouched and given back'];

/** The report of a campaign as Markdown. */
export function pullReport({ commands, results }: PullCampaign): string {
  const bad = results.filter(({ problems }) => problems.length > 0);
  const indexes = new Set(results.map(({ at }) => at)).size;
  const stations = ['contactless', 'contact'] as const;
  const counted = stations.map((station) => `${commands.filter((command) => command.station === station).length} to the ${station} chip`).join(', ');
  return [
    '# A pull at every APDU of a whole issue',
    '',
    'Made by `npm run campaign -- pulls`. The station is the real one (loop, journal, store, printer driver, token, certificate authority); the chips are spoken to in process,',
    'so that the loss can be set to any single command. One card of the sample (MIFARE with company sectors, then PIV, print, read-back of both, output) is made undisturbed first;',
    'its commands are the indexes. Then, each with a new order and one blank, before the chip gets the command or after it has done it:',
    '',
    '- **card**: the card loses the field and is not seen at this station until it is moved; the station seats it anew and completes it;',
    '- **chip**: the chip never answers again; the card is scrapped, and its record names every sector that is not locked;',
    '- **daemon**: the daemon dies; the one that comes after it goes on from the journal with the card in the machine.',
    '',
    'A card in the output is judged by its chips alone, and so is the record of a rejected one (`test/campaign/judge-card.ts`).',
    '',
    `- Commands of a whole issue: **${commands.length}** (${counted}).`,
    `- Indexes tried: **${indexes}**${indexes === commands.length ? ', every one' : ` of ${commands.length}`}, each in ${losses.length} ways: **${results.length} issues**.`,
    `- Cards called good that are not, sectors left open without being named, cards lost: **${bad.length}**.`,
    '',
    `| what was lost | indexes | ${fates.join(' | ')} |`,
    `| --- | ---: | ${fates.map(() => '---:').join(' | ')} |`,
    ...losses.map((how) => `| ${how} | ${results.filter((result) => result.how === how).length} | ${fates.map((fate) => count(results, how, fate)).join(' | ')} |`),
    '',
    '## Scrapped although the chip could answer again',
    '',
    ...scrappedNeedlessly(results),
    '',
    ...(bad.length === 0 ? [] : ['## Problems', '', ...bad.map((result) => `- ${placeOf(result)}: ${result.problems.join('; ')}`), '']),
  ].join('\n');
}

function count(results: readonly PullResult[], how: string, fate: Fate): number {
  return results.filter((result) => result.how === how && result.fate === fate).length;
}

function scrappedNeedlessly(results: readonly PullResult[]): readonly string[] {
  const scrapped = results.filter(({ how, fate }) => !how.startsWith('chip') && fate !== 'completed');
  if (scrapped.length === 0) return ['None: every card that answered again was completed, and every card whose daemon died was finished by the one that came after.'];
  return scrapped.map((result) => `- ${placeOf(result)}: ${result.reason ?? 'not rejected'}`);
}

function placeOf({ at, how, command, said }: PullResult): string {
  return `command ${at} (${command.station} ${command.head}), ${how}: ${said}`;
}
