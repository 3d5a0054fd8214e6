import { packageOf, resolveRelative, type SourceFile, type SourceImport } from './source-file.ts';
import { packageRules, roomRules, type PackageRule, type RoomRule } from './import-table.ts';

/** Whether a path lies in a room: the folder with its sub-folders, the very file, or one of the files that begin alike. */
export function isIn(path: string, room: string): boolean {
  if (room.endsWith('*')) return path.startsWith(room.slice(0, -1)) && !path.slice(room.length).includes('/');
  return path === room || path.startsWith(`${room}/`);
}

/** The rule with the longest room that holds the path. */
export function ruleOf(path: string, rules: readonly RoomRule[] = roomRules): RoomRule | undefined {
  const holding = rules.filter(({ room }) => isIn(path, room));
  return holding.toSorted((one, other) => other.room.length - one.room.length)[0];
}

/** What is wrong with the imports of a file, one sentence each; none when all is allowed. */
export function importFaults(file: SourceFile, rules: readonly RoomRule[] = roomRules): readonly string[] {
  const rule = ruleOf(file.path, rules);
  if (rule === undefined) return [`${file.path}: stands in no room of the import table`];
  return file.imports.flatMap((item) => {
    const target = resolveRelative(file.path, item.specifier);
    if (target === undefined || isAllowed(file.path, target, item, rule)) return [];
    return [`${file.path}:${item.line}: ${rule.room} may not import ${target} (${item.kind})`];
  });
}

function isAllowed(from: string, target: string, item: SourceImport, rule: RoomRule): boolean {
  // A path without an ending is a computed import, which nobody can check.
  if (!/\.(tsx?|json)$/.test(target)) return false;
  if (folderOf(from) === folderOf(target) || isIn(target, rule.room)) return true;
  const rooms = [
    ...rule.mayImport,
    ...(item.kind === 'type' ? rule.mayUseTypesOf ?? [] : []),
    ...(item.kind === 'dynamic' ? rule.mayLoad ?? [] : []),
  ];
  return rooms.some((room) => isIn(target, room));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** What is wrong with the use of packages, over all files given. */
export function packageFaults(files: readonly SourceFile[], rules: readonly PackageRule[] = packageRules): readonly string[] {
  const faults: string[] = [];
  const users = new Map<string, Set<string>>();
  for (const file of files) {
    for (const { specifier, line } of file.imports) {
      const name = packageOf(specifier);
      if (name === undefined) continue;
      users.set(name, (users.get(name) ?? new Set()).add(file.path));
      const rule = rules.find((candidate) => candidate.package === name);
      if (rule === undefined) faults.push(`${file.path}:${line}: the package ${name} stands in no row of the import table`);
      else if (!rule.rooms.some((room) => isIn(file.path, room))) faults.push(`${file.path}:${line}: ${name} belongs to ${rule.rooms.join(', ')}`);
    }
  }
  for (const { package: name, files: most } of rules) {
    const importers = [...users.get(name) ?? []];
    if (most !== undefined && importers.length > most) faults.push(`${name} is imported by ${importers.join(', ')}: only ${most} may`);
  }
  return faults;
}
