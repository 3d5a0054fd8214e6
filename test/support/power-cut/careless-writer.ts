import Database from 'better-sqlite3';

/** The control of the disk model: a log that is not synced at each commit (`synchronous=NORMAL`), so that it must lose records. */
const [path = ''] = process.argv.slice(2);

const db = new Database(path);
db.pragma('locking_mode = EXCLUSIVE');
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.exec('create table if not exists entry (id integer primary key, body text)');
const insert = db.prepare('insert into entry (body) values (?)');
for (;;) process.stdout.write(`${insert.run('x'.repeat(300)).lastInsertRowid}\n`);
