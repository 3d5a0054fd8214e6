import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { parserSubjects, type ParserSubject } from './parser-subjects.ts';

/** How it is run. */
export interface ParserFuzzOptions {
  readonly seed: string;
  /** For each reader. */
  readonly seconds: string;
  readonly report: string;
}

/** What one reader did with its streams. */
export interface ParserFigures {
  readonly subject: Pick<ParserSubject, 'name' | 'side'>;
  readonly streams: number;
  readonly bytes: number;
  readonly understood: number;
  readonly thrown: readonly string[];
  readonly slowestMs: number;
  readonly grownMegabytes: number;
}

const megabyte = 1024 * 1024;
const longestStreamMs = 2000;
const mostGrownMegabytes = 32;

/** Feeds every reader of printer languages with damaged, strung and random streams, and writes what became of it. True when nothing was thrown, hung or kept. */
export async function runParserFuzz({ seed, seconds, report }: ParserFuzzOptions, say: (line: string) => void): Promise<boolean> {
  const figures: ParserFigures[] = [];
  for (const subject of parserSubjects()) {
    const found = fuzzParser(subject, Number(seed), Number(seconds) * 1000);
    say(rowOf(found));
    figures.push(found);
  }
  await writeFile(report, reportOf(figures, seed, seconds));
  return figures.every(isSound);
}

/** One reader, until its time is over. The same seed gives the same streams in the same order. */
export function fuzzParser(subject: ParserSubject, seed: number, timeMs: number): ParserFigures {
  const random = xoroshiro128plus(seed);
  const thrown = new Set<string>();
  let [streams, bytes, understood, slowestMs] = [0, 0, 0, 0];
  for (let warm = 0; warm < 20; warm += 1) subject.read(nextStream(subject, random));
  const before = keptBytes();
  const end = performance.now() + timeMs;
  while (performance.now() < end) {
    const stream = nextStream(subject, random);
    const begun = performance.now();
    try {
      understood += subject.read(stream);
    } catch (error) {
      thrown.add(String(error).slice(0, 120));
    }
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    streams += 1;
    bytes += stream.length;
  }
  return { subject, streams, bytes, understood, thrown: [...thrown], slowestMs, grownMegabytes: Math.max(0, keptBytes() - before) / megabyte };
}

/** A whole stream with places changed, cut, doubled or filled; words of the language; or bytes of any kind. */
function nextStream({ whole, words }: ParserSubject, random: RandomGenerator): Uint8Array {
  const pick = (below: number): number => uniformInt(random, 0, Math.max(0, below - 1));
  const kind = pick(10);
  if (kind === 0) return Uint8Array.from({ length: pick(2000) }, () => pick(256));
  if (kind <= 3) return Buffer.concat(Array.from({ length: 1 + pick(60) }, () => Buffer.from(words[pick(words.length)] ?? '', 'latin1')));
  const stream = Uint8Array.from(whole[pick(whole.length)] ?? new Uint8Array());
  for (let hit = pick(kind === 4 ? 200 : 4); hit > 0; hit -= 1) stream[pick(stream.length)] = pick(256);
  const [from, to] = [pick(stream.length), pick(stream.length)];
  if (kind === 5) return stream.subarray(0, from);
  if (kind === 6) return Buffer.concat([stream.subarray(0, from), Buffer.from(words[pick(words.length)] ?? '', 'latin1'), stream.subarray(from)]);
  if (kind === 7) return Buffer.concat([stream.subarray(0, Math.min(from, to)), stream.subarray(Math.max(from, to))]);
  if (kind === 8) stream.fill(pick(256), Math.min(from, to), Math.max(from, to));
  return kind === 9 ? Buffer.concat([stream, stream.subarray(from)]) : stream;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function keptBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const isSound = ({ thrown, slowestMs, grownMegabytes }: ParserFigures): boolean => thrown.length === 0 && slowestMs < longestStreamMs && grownMegabytes < mostGrownMegabytes;

function rowOf(figures: ParserFigures): string {
  const { subject, streams, bytes, understood, thrown, slowestMs, grownMegabytes } = figures;
  return `| ${subject.name} | ${subject.side} | ${String(streams)} | ${(bytes / megabyte).toFixed(1)} | ${String(understood)} | ${String(thrown.length)} | ${slowestMs.toFixed(1)} | ${grownMegabytes.toFixed(1)} |`;
}

function reportOf(figures: readonly ParserFigures[], seed: string, seconds: string): string {
  const sound = figures.filter(isSound).length;
  const streams = figures.reduce((sum, one) => sum + one.streams, 0);
  const megabytes = figures.reduce((sum, one) => sum + one.bytes, 0) / megabyte;
  return `# Streams that are no language

Made by \`npm run campaign -- parsers --seed ${seed} --seconds ${seconds}\`. Every reader of a printer's language, on the printer's side and on the host's, reads captured and own
jobs with bytes changed, cut, doubled, filled and inserted (six in ten), words of its language strung together (three in ten), and random bytes. A reader must answer with
what it understood or with why not: nothing thrown, no stream longer than ${String(longestStreamMs / 1000)} s, no memory kept beyond ${String(mostGrownMegabytes)} MB after a garbage collection.
Milliseconds are wall time on a shared computer.

- Readers: **${String(figures.length)}**, sound: **${String(sound)}**. Streams: **${String(streams)}**, ${megabytes.toFixed(0)} MB.

| reader | side | streams | MB | things understood | kinds of errors thrown | slowest stream, ms | memory kept, MB |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${figures.map(rowOf).join('\n')}
${figures.flatMap(({ subject, thrown }) => thrown.map((text) => `\n- ${subject.name}: ${text}`)).join('')}`;
}
