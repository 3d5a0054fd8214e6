import { holdTexts } from '../../daemon/produce/hold-question.ts';
import { restartTable, type RestartRow } from '../../daemon/produce/restart-table.ts';

const head = `# What happens after a crash or a failed act

Made from the table in \`daemon/produce/restart-table.ts\` (\`npm run docs\`); do not edit. The station asks the printer where the
card is and what its counters say, reads the chip of a card inside, and takes the first row that fits. When no row fits, or the
printer cannot be reached, or the card is at an unclear place, the station pauses: it never guesses.

| last record | card inside | when | then |
| --- | --- | --- | --- |
`;

const questions = `
## Questions to a person

Answering ends a hold: \`kortverk orders release ORDER --answer ANSWER --by NAME\`.

| question | answers | what the person reads |
| --- | --- | --- |
`;

/** `docs/recovery.md`: the restart table and the questions of holds, in words. */
export function recoveryPage(): string {
  const rows = restartTable.map(rowLine).join('\n');
  const asked = Object.entries(holdTexts).map(([name, { sv, en, answers }]) => `| ${name} | ${answers.join(', ')} | ${en} / ${sv} |`);
  return `${head}${rows}\n${questions}${asked.join('\n')}\n`;
}

function rowLine({ last, inside, when, then }: RestartRow): string {
  return `| ${last.join(', ')} | ${inside} | ${when} | ${then} |`;
}
