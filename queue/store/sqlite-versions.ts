import { chmodSync, closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { syncFolder } from '../../drivers/contracts/durable-file.ts';

/** What became of a file when its version was looked at. */
export type Migration = { readonly kind: 'present' } | { readonly kind: 'migrated'; readonly from: number; readonly to: number } | { readonly kind: 'newer'; readonly found: number };

/**
 * Brings a SQLite file to the version that `scripts` lead to (script n takes it from version n to n + 1) in one
 * transaction: after a crash it is at the old version or at the new one. Before a file with content is changed, a copy of it
 * is laid beside it (`NAME.version-N`). `first` runs once, when the file is new. A file of a newer program is left alone.
 */
export function migrateSqlite(db: Database, scripts: readonly string[], first: () => void): Migration {
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found > scripts.length) return { kind: 'newer', found };
  if (found === scripts.length) return { kind: 'present' };
  if (found > 0) copyAside(db, found);
  db.transaction(() => {
    for (const script of scripts.slice(found)) db.exec(script);
    if (found === 0) first();
    db.pragma(`user_version = ${scripts.length}`);
  }).immediate();
  return { kind: 'migrated', from: found, to: scripts.length };
}

/** An interrupted migration leaves its copy behind: the next one takes another name. */
function copyAside(db: Database, version: number): void {
  const kept = `${db.name}.version-${version}`;
  let path = kept;
  for (let number = 2; existsSync(path); number += 1) path = `${kept}-${number}`;
  copySqlite(db, path);
}

/**
 * Copies an open SQLite file into a new one, whole and as of now. Through the open connection: its lock belongs to the
 * process, and opening the file a second time would end it. Throws what SQLite throws, also when the file is there.
 */
export function copySqlite(db: Database, path: string): void {
  db.prepare('vacuum into ?').run(path);
  chmodSync(path, 0o600);
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolder(dirname(path));
}
