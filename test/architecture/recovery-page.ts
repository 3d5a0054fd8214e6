import { holdTexts } from '../../daemon/produce/hold-question.ts';
import { restartTable, type RestartRow } from '../../daemon/produce/restart-table.ts';
import type { EvidencePattern, EvidenceTable } from '../../drivers/contracts/evidence-table.ts';
import { escapeEvidence, espfEvidence } from '../../drivers/printer/escape/evidence-table.ts';
import { magicardEvidence } from '../../drivers/printer/magicard/evidence-table.ts';

const head = `# What happens after a crash or a failed act

Made from the tables in code (\`npm run docs\`); do not edit. The station asks the printer where the card is and what its
counters say, judges by the evidence table of the printer's protocol what that proves of the announced act, reads the chip of a
card inside, and takes the first row of the restart table that fits. When no row fits, or the printer cannot be reached, or the
card is at an unclear place, the station pauses: it never guesses.

## The restart table

\`daemon/produce/restart-table.ts\`. The announced act is the one of the last record: feed, print, eject, reject.

| last record | card inside | when | then |
| --- | --- | --- | --- |
`;

const evidenceHead = `
## What a printer can prove

One table a protocol (\`drivers/printer/*/evidence-table.ts\`), read by \`judgeStep\`. Counters and position are compared with what they
were before the act was announced. What no row proves, and what two rows contradict, is held. A move between stations is not
announced: it may be made again from any of them, and the chip tells whose card it is.
`;

const questions = `
## Questions to a person

Answering ends a hold: \`kortverk orders release ORDER --answer ANSWER --by NAME\`.

| question | answers | what the person reads |
| --- | --- | --- |
`;

const valueNames = { position: 'position', cardsFed: 'cards fed', panelsPrinted: 'panels printed', cardsToOutput: 'cards to the output', cardsToReject: 'cards to the reject box' } as const;

/** `docs/recovery.md`: the restart table, the evidence of each protocol, and the questions of holds, in words. */
export function recoveryPage(): string {
  const rows = restartTable.map(rowLine).join('\n');
  const protocols = [escapeEvidence, espfEvidence, magicardEvidence].map(protocolPart).join('');
  const asked = Object.entries(holdTexts).map(([name, { sv, en, answers }]) => `| ${name} | ${answers.join(', ')} | ${en} / ${sv} |`);
  return `${head}${rows}\n${evidenceHead}${protocols}${questions}${asked.join('\n')}\n`;
}

function rowLine({ last, inside, when, then }: RestartRow): string {
  return `| ${last.join(', ')} | ${inside} | ${when} | ${then} |`;
}

function protocolPart({ protocol, asked, proofs }: EvidenceTable): string {
  const names = Object.keys(valueNames) as (keyof typeof valueNames)[];
  const questionsAsked = names.map((name) => `| ${valueNames[name]} | ${asked[name] ?? 'cannot be asked'} |`);
  const proven = proofs.map(({ step, seen, proves, because }) => `| ${step} | ${seenText(seen)} | ${proves} | ${because} |`);
  return `\n### ${protocol}\n\n| value | asked by |\n| --- | --- |\n${questionsAsked.join('\n')}\n\n| act | seen | proves | because |\n| --- | --- | --- | --- |\n${proven.join('\n')}\n`;
}

function seenText({ position, ...counters }: EvidencePattern): string {
  const counted = Object.entries(counters).map(([name, change]) => `${valueNames[name as keyof typeof valueNames]} ${change}`);
  return [...(position === undefined ? [] : [`position ${position.join(' or ')}`]), ...counted].join(', ');
}
