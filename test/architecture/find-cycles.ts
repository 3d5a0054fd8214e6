/** A directed graph: a node and where it points to. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The cycles of a graph, each as the way round, starting with its first node in order; none when it has no cycle. */
export function findCycles(graph: Graph): readonly (readonly string[])[] {
  const done = new Set<string>();
  const way: string[] = [];
  const cycles: (readonly string[])[] = [];
  const walk = (node: string): void => {
    const at = way.indexOf(node);
    if (at >= 0) cycles.push([...way.slice(at), node]);
    if (at >= 0 || done.has(node)) return;
    way.push(node);
    for (const next of graph.get(node) ?? []) walk(next);
    way.pop();
    done.add(node);
  };
  for (const node of [...graph.keys()].toSorted()) walk(node);
  return cycles;
}
