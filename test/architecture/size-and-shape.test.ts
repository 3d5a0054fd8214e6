import { describe, expect, it } from 'vitest';
import { functionsOf, longestFunctionLines, longestFileLines, shapeFaults, sizeFaults } from './check-shape.ts';
import { parseSource } from './source-file.ts';
import { allSources } from './source-tree.ts';

describe('sources', () => {
  it(`have at most ${longestFileLines} lines a file and ${longestFunctionLines} a function`, () => {
    expect(allSources().flatMap(sizeFaults)).toEqual([]);
  });

  it('are shaped as the project agreed', () => {
    expect(allSources().flatMap(shapeFaults)).toEqual([]);
  });
});

describe('the check itself', () => {
  const faultsOf = (text: string, path = 'drivers/ca/thing.ts'): readonly string[] => shapeFaults(parseSource(path, text));

  it('measures functions from their first to their last line', () => {
    const body = '\n  f();'.repeat(59);
    const file = parseSource('a.ts', `function long() {${body}\n}\nconst short = () => {\n};\nclass C { m() {${body}${body}\n} }`);
    expect(functionsOf(file)).toEqual([{ line: 1, lines: 61 }, { line: 62, lines: 2 }, { line: 64, lines: 120 }]);
    expect(sizeFaults(file)).toEqual(['a.ts:1: a function of 61 lines', 'a.ts:64: a function of 120 lines']);
  });

  it('counts lines of a file', () => {
    expect(sizeFaults(parseSource('a.ts', 'f();\n'.repeat(400)))).toEqual([]);
    expect(sizeFaults(parseSource('a.ts', 'f();\n'.repeat(401)))).toEqual(['a.ts: 401 lines']);
  });

  it('does not count a suite of tests as a function, but a test', () => {
    const suite = `describe('x', () => {${"\n  it('y', () => { f(); });".repeat(80)}\n});`;
    expect(sizeFaults(parseSource('test/unit/a.test.ts', suite))).toEqual([]);
    expect(sizeFaults(parseSource('drivers/a.ts', suite))).toHaveLength(1);
    const test = `describe('x', () => { it('y', () => {${'\n  f();'.repeat(80)}\n}); });`;
    expect(sizeFaults(parseSource('test/unit/a.test.ts', test))).toHaveLength(1);
  });

  it.each([
    ['a promise instead of work', '// TODO: later'],
    ['any', 'const a: any = 1;'],
    ['a silenced compiler', '// @ts-ignore\nf();'],
    ['a silenced lint', '// oxlint-disable-next-line\nf();'],
    ['a barrel', "export * from './a.ts';"],
    ['a default export', 'export default 1;'],
    ['an empty catch', 'try { f(); } catch { }'],
    ['a swallowed rejection', 'f().catch(() => {});'],
    ['a timer', 'setTimeout(f, 10);'],
    ['the date', 'const now = Date.now();'],
    ['a new date', 'const now = new Date();'],
    ['the steady clock', 'const now = performance.now();'],
    ['picture work without its deadline', "import sharp from 'sharp';\nawait sharp(a).png().toBuffer();"],
  ])('refuses %s', (_, text) => {
    expect(faultsOf(text)).toHaveLength(1);
  });

  it.each([
    ['a test that is left out', "it.skip('x', () => {});"],
    ['a test alone', "describe.only('x', () => {});"],
  ])('refuses %s', (_, text) => {
    expect(faultsOf(text, 'test/unit/a.test.ts')).toHaveLength(1);
  });

  it.each(['drivers/ca/EstClient.ts', 'drivers/ca/est_client.ts', 'drivers/ca/index.ts', 'drivers/ca/est-utils.ts', 'queue/store/store-manager.ts'])('refuses the name %s', (path) => {
    expect(faultsOf('f();', path)).toHaveLength(1);
  });

  it('allows time in the clock, a date from a number, picture work in time, and everything of the kind in tests', () => {
    expect(faultsOf('setTimeout(f, 1); Date.now();', 'drivers/contracts/clock.ts')).toEqual([]);
    expect(faultsOf('new Date(clock.now());')).toEqual([]);
    expect(faultsOf('Date.now();', 'test/unit/a.test.ts')).toEqual([]);
    expect(faultsOf("import sharp from 'sharp';\nawait inTime(sharp(a).png().toBuffer());")).toEqual([]);
  });
});
