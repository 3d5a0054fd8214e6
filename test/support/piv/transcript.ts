import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One command and its answer with status word, as bytes. */
export interface Exchange {
  readonly command: Uint8Array;
  readonly answer: Uint8Array;
}

/** One call of a client program: what it was, and what went over the wire. */
export interface Section {
  readonly title: string;
  readonly exitCode: number;
  readonly exchanges: readonly Exchange[];
}

export type TranscriptName = 'pivapplet-0.9.0' | 'canokey-core';

/** Reads a transcript of test/vectors/piv. */
export function readTranscript(name: TranscriptName): readonly Section[] {
  const path = fileURLToPath(new URL(`../../vectors/piv/${name}.txt`, import.meta.url));
  return readFileSync(path, 'utf8').split(/^## /m).slice(1).map(parseSection);
}

/** One section by its title; throws when the transcript has none. */
export function sectionOf(name: TranscriptName, title: string): Section {
  const section = readTranscript(name).find((candidate) => candidate.title === title);
  if (section === undefined) throw new Error(`no section "${title}" in ${name}`);
  return section;
}

/** Answers made whole: each GET RESPONSE is folded into the command that it goes on. */
export function folded(section: Section): readonly Exchange[] {
  const whole: Exchange[] = [];
  for (const exchange of section.exchanges) {
    const last = whole.at(-1);
    if (exchange.command[1] === 0xc0 && last !== undefined) whole[whole.length - 1] = { command: last.command, answer: Uint8Array.from([...last.answer.subarray(0, -2), ...exchange.answer]) };
    else whole.push(exchange);
  }
  return whole;
}

/** The data of a chain or of a single command with this instruction: the parts put together. */
export function chainedData(section: Section, instruction: number): Uint8Array {
  const parts = section.exchanges.filter(({ command }) => command[1] === instruction).map(({ command }) => command.subarray(5, 5 + (command[4] ?? 0)));
  return new Uint8Array(Buffer.concat(parts));
}

export function hex(content: Uint8Array): string {
  return Buffer.from(content).toString('hex').toUpperCase();
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
}

function parseSection(text: string): Section {
  const [head = '', ...lines] = text.split('\n');
  const match = /^(.*) \(rc=(\d+)\)$/.exec(head);
  const commands = lines.filter((line) => line.startsWith('> '));
  const answers = lines.filter((line) => line.startsWith('< '));
  const exchanges = commands.map((command, index) => ({ command: bytes(command.slice(2)), answer: bytes((answers[index] ?? '').slice(2)) }));
  return { title: match?.[1] ?? head, exitCode: Number(match?.[2]), exchanges };
}
