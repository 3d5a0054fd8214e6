import { faultTable, isFaultCode } from '../../drivers/contracts/fault.ts';
import type { FaultEntry, FaultMove, FaultNext } from '../../drivers/contracts/fault-entry.ts';
import { cannotBeProvoked, notRaisedYet, scenarioTable } from '../faults/scenario-table.ts';

const whatHappens: Readonly<Record<FaultNext, string>> = {
  refuse: 'the order is refused and goes back',
  hold: 'the order waits until a person has answered',
  scrap: 'the card is scrapped and made again',
  stop: 'the station stops until a person has mended it',
  warn: 'it is recorded and shown; nothing stops',
  retry: 'the station tries again',
};

const whoMoves: Readonly<Record<FaultMove, string>> = {
  orderer: 'the company that ordered', holder: 'the holder of the card', trade: 'the trade organisation', operator: 'the operator', technician: 'the technician',
};

/** `docs/faults.md`: every code of the table in alphabetical order, as Markdown. */
export function faultPage(): string {
  const rows = Object.entries<FaultEntry>(faultTable).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    '# Faults',
    '',
    'Every code that Kortverk can give, made from the table in `drivers/contracts` by `npm run docs`. `{field}`, `{date}` and `{sectors}` are filled in when the fault is told:',
    'the sectors of a scrapped card that are not locked with keys of their own, as they stand in its record `eject-intent` (`journal show`, `attempt.json`).',
    '',
    ...legend('What happens next', whatHappens),
    ...legend('Whose move it is', whoMoves),
    `## The ${rows.length} codes`,
    '',
    '| code | next | move | Swedish | English | scenario |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(([code, { next, move, sv, en }]) => `| \`${code}\` | ${next} | ${move} | ${sv} | ${en} | ${scenarioOf(code)} |`),
    '',
  ].join('\n');
}

/** Where the code is provoked, or why it is not. */
function scenarioOf(code: string): string {
  if (!isFaultCode(code)) return '';
  const file = scenarioTable[code]?.file;
  if (file !== undefined) return `\`${file}\``;
  const waits = notRaisedYet[code];
  return waits === undefined ? `none: ${cannotBeProvoked[code] ?? 'unknown'}` : `not raised yet: ${waits}`;
}

function legend(title: string, words: Readonly<Record<string, string>>): readonly string[] {
  return [`## ${title}`, '', ...Object.entries(words).map(([word, meaning]) => `- **${word}**: ${meaning}`), ''];
}
