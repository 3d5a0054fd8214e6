import { posix } from 'node:path';
import { lineOf, visit, type SourceFile } from './source-file.ts';

export const longestFileLines = 400;
export const longestFunctionLines = 60;

/** Time comes from here, and from nowhere else in the product. */
const clockFile = 'drivers/contracts/clock.ts';

interface FunctionSize {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly lines: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Every function, method and arrow function of a file, but not those that only hold tests: suites are lists, not acts. */
export function functionsOf(file: SourceFile): readonly FunctionSize[] {
  const tests: Span[] = [];
  const found: Span[] = [];
  const add = (node: Span): void => { found.push(node); };
  visit(file, {
    CallExpression({ callee, start, end }) {
      if (isTest(file) && /^(describe|it|test)\b/.test(file.text.slice(callee.start, callee.end))) tests.push({ start, end });
    },
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
  });
  const isSuite = (span: Span): boolean => tests.some(({ start, end }) => span.start < start && end < span.end);
  return found.filter((span) => !isSuite(span))
    .map(({ start, end }) => ({ line: lineOf(file.text, start), lines: lineOf(file.text, end) - lineOf(file.text, start) + 1 }))
    .toSorted((one, other) => one.line - other.line);
}

/** Files and functions that are too long, one sentence each. */
export function sizeFaults(file: SourceFile): readonly string[] {
  const lines = file.text.replace(/\n$/, '').split('\n').length;
  const long = functionsOf(file).filter((each) => each.lines > longestFunctionLines)
    .map((each) => `${file.path}:${each.line}: a function of ${each.lines} lines`);
  return lines > longestFileLines ? [`${file.path}: ${lines} lines`, ...long] : long;
}

/** What the project agreed not to write, one sentence each. */
export function shapeFaults(file: SourceFile): readonly string[] {
  return [...nameFaults(file.path), ...commentFaults(file), ...syntaxFaults(file), ...(isTest(file) ? testFaults(file) : [...timeFaults(file), ...pictureFaults(file)])];
}

function nameFaults(path: string): readonly string[] {
  const name = posix.basename(path).replace(/(\.test)?\.tsx?$/, '');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [`${path}: not named in kebab-case`];
  if (/^index$|(^|-)(utils?|helpers?|managers?|misc|common)$/.test(name)) return [`${path}: the name tells no one thing`];
  return [];
}

function commentFaults(file: SourceFile): readonly string[] {
  const forbidden = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error|nocheck)|(eslint|oxlint)-disable/;
  return file.parsed.comments.filter(({ value }) => forbidden.test(value))
    .map(({ value, start }) => `${file.path}:${lineOf(file.text, start)}: the comment says ${forbidden.exec(value)?.[0] ?? ''}`);
}

function syntaxFaults(file: SourceFile): readonly string[] {
  const faults: string[] = [];
  const add = (start: number, what: string): void => { faults.push(`${file.path}:${lineOf(file.text, start)}: ${what}`); };
  visit(file, {
    TSAnyKeyword: ({ start }) => { add(start, 'any'); },
    ExportAllDeclaration: ({ start }) => { add(start, 'export *'); },
    ExportDefaultDeclaration: ({ start }) => { add(start, 'a default export'); },
    CatchClause({ body }) {
      if (body.body.length === 0) add(body.start, 'an empty catch');
    },
    CallExpression({ callee, arguments: [handler], start }) {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || callee.property.name !== 'catch') return;
      const emptied = handler?.type === 'ArrowFunctionExpression' && handler.body.type === 'BlockStatement' && handler.body.body.length === 0;
      if (emptied) add(start, 'a swallowed rejection');
    },
  });
  return faults;
}

function timeFaults(file: SourceFile): readonly string[] {
  if (file.path === clockFile) return [];
  const faults: string[] = [];
  const add = (start: number, what: string): void => { faults.push(`${file.path}:${lineOf(file.text, start)}: ${what} beside the clock`); };
  visit(file, {
    CallExpression({ callee, start }) {
      const name = file.text.slice(callee.start, callee.end);
      if (/^(globalThis\.)?(setTimeout|setInterval|setImmediate)$|^Date(\.now)?$|^performance\.now$/.test(name)) add(start, name);
    },
    NewExpression({ callee, arguments: given, start }) {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) add(start, 'new Date()');
    },
  });
  return faults;
}

/** The picture library hears no signal: every answer of it that the station waits for has the one deadline. The simulated machine has none of the station's. */
function pictureFaults(file: SourceFile): readonly string[] {
  if (file.path.startsWith('simulator/') || !file.text.includes("from 'sharp'")) return [];
  const timed: Span[] = [];
  const asked: Span[] = [];
  visit(file, {
    CallExpression({ callee, start, end }) {
      if (callee.type === 'Identifier' && callee.name === 'inTime') timed.push({ start, end });
      if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && /^(toBuffer|toFile|metadata|stats)$/.test(callee.property.name)) asked.push({ start, end });
    },
  });
  return asked.filter(({ start, end }) => !timed.some((span) => span.start < start && end < span.end))
    .map(({ start }) => `${file.path}:${lineOf(file.text, start)}: picture work without inTime`);
}

function testFaults(file: SourceFile): readonly string[] {
  const faults: string[] = [];
  visit(file, {
    MemberExpression({ object, property, start }) {
      const ofTests = object.type === 'Identifier' && /^(it|test|describe|suite|bench)$/.test(object.name);
      const out = property.type === 'Identifier' && /^(only|skip|todo|fails|skipIf|runIf)$/.test(property.name);
      if (ofTests && out) faults.push(`${file.path}:${lineOf(file.text, start)}: ${file.text.slice(start, property.end)}`);
    },
  });
  return faults;
}

function isTest(file: SourceFile): boolean {
  return file.path.startsWith('test/');
}
