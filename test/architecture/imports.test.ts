import { describe, expect, it } from 'vitest';
import { importFaults, isIn, packageFaults, ruleOf } from './check-imports.ts';
import { findCycles } from './find-cycles.ts';
import { assemblies } from './import-table.ts';
import { parseSource, resolveRelative, type SourceFile } from './source-file.ts';
import { allSources, productSources } from './source-tree.ts';

/** The graph of imports; `name` gives the node of a file. Dynamic imports run later and close no cycle. */
function importGraph(files: readonly SourceFile[], name: (path: string) => string, kinds: ReadonlySet<string>): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const from = name(path);
    const targets = graph.get(from) ?? new Set();
    graph.set(from, targets);
    for (const { specifier, kind } of imports) {
      const target = resolveRelative(path, specifier);
      if (target !== undefined && kinds.has(kind) && name(target) !== from) targets.add(name(target));
    }
  }
  return graph;
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

describe('imports', () => {
  it('follow the table', () => {
    expect(allSources().length).toBeGreaterThan(100);
    expect(allSources().flatMap((file) => importFaults(file))).toEqual([]);
  });

  it('use packages only in their rooms', () => {
    expect(packageFaults(productSources())).toEqual([]);
  });

  it('close no cycle among files, types included', () => {
    expect(findCycles(importGraph(allSources(), (path) => path, new Set(['value', 'type'])))).toEqual([]);
  });

  it('close no cycle among rooms', () => {
    const parts = productSources().filter(({ path }) => !assemblies.some((room) => isIn(path, room)));
    expect(findCycles(importGraph(parts, folderOf, new Set(['value'])))).toEqual([]);
  });
});

describe('the check itself', () => {
  const faultsOf = (path: string, text: string): readonly string[] => importFaults(parseSource(path, text));

  it.each([
    ['drivers/piv/session.ts', "import { link } from '../channel/tcp-port.ts';"],
    ['drivers/piv/session.ts', "import type { Key } from '../keys/key-custody.ts';"],
    ['drivers/contracts/clock.ts', "export { apdu } from '../codec/apdu.ts';"],
    ['drivers/contracts/clock.ts', "export type A = import('../codec/apdu.ts').Apdu;"],
    ['simulator/card/chip.ts', "const driver = await import('../../drivers/piv/session.ts');"],
    ['simulator/card/chip.ts', "import { Journal } from '../../queue/journal/journal.ts';"],
    ['queue/rules/table.ts', "import { open } from '../store/order-store.ts';"],
    ['daemon/produce/next.ts', "import { issue } from '../../drivers/piv/encoder.ts';"],
    ['daemon/cli/doctor.ts', "import { open } from '../../queue/store/order-store.ts';"],
    ['attic/thing.ts', "import { x } from '../drivers/contracts/clock.ts';"],
  ])('refuses %s with %s', (path, text) => {
    expect(faultsOf(path, text)).toHaveLength(1);
  });

  it.each([
    ['drivers/piv/session.ts', "import { apdu } from '../codec/apdu.ts';"],
    ['daemon/produce/next.ts', "import type { PivJob } from '../../drivers/piv/job.ts';"],
    ['daemon/cli/doctor.ts', "const { open } = await import('../../queue/store/order-store.ts');"],
    ['simulator/card/piv/chip.ts', "import { x } from '../chip.ts';"],
  ])('allows %s with %s', (path, text) => {
    expect(faultsOf(path, text)).toEqual([]);
  });

  it('holds packages to their rooms and their number of files', () => {
    const sources = ['drivers/channel/one.ts', 'drivers/channel/two.ts', 'daemon/main.ts'].map((path) => parseSource(path, "import p from 'pcsclite';"));
    expect(packageFaults(sources)).toEqual([
      'daemon/main.ts:1: pcsclite belongs to drivers/channel',
      'pcsclite is imported by drivers/channel/one.ts, drivers/channel/two.ts, daemon/main.ts: only 1 may',
    ]);
    expect(packageFaults([parseSource('queue/order/a.ts', "import 'left-pad';")])).toHaveLength(1);
  });

  it('takes the longest room', () => {
    expect(ruleOf('queue/order/a.ts')?.room).toBe('queue/order');
    expect(ruleOf('queue/store/a.ts')?.room).toBe('queue');
  });

  it('finds a cycle and names the way round', () => {
    const graph = new Map([['a', new Set(['b'])], ['b', new Set(['c'])], ['c', new Set(['b', 'd'])], ['d', new Set<string>()]]);
    expect(findCycles(graph)).toEqual([['b', 'c', 'b']]);
  });
});
