import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSigner } from '../../../daemon/compose-content-signer.ts';
import { digestsBelow, manifestName, writeBackup, type BackupManifest } from '../../../daemon/compose-backup.ts';
import { dataKey } from '../../../daemon/compose-core.ts';
import { systemClock } from '../../../drivers/contracts/clock.ts';
import { Secret } from '../../../drivers/contracts/secret.ts';
import { openEstAuthority } from '../../../drivers/ca/est-client.ts';
import { keepChain } from '../../../drivers/ca/kept-chain.ts';
import { openKeyCustody } from '../../../drivers/keys/key-custody.ts';
import { createSimulatedToken } from '../../../drivers/keys/softhsm-token.ts';
import { openSqliteJournal } from '../../../queue/journal/sqlite-journal.ts';
import { openOrderStore } from '../../../queue/store/sqlite-order-store.ts';
import { openCaServer } from '../../../simulator/ca/ca-server.ts';
import { newOrder } from '../queue/stored-orders.ts';

/**
 * Makes or finds again every file that a station makes once: token, store's key, an order, the signer's certificate, a
 * backup. Prints what each is after it was made or found; when it has printed so many, the process kills itself.
 * Arguments: the station's folder, a folder of another computer's, and the number of lines.
 */
const [home = '', elsewhere = '', lines = '99'] = process.argv.slice(2);
const limit = { signal: new AbortController().signal, timeoutMs: 30_000 };
const sealing = { label: 'station-seal', version: 1 };
let said = 0;

function say(name: string, what: string | Uint8Array): void {
  // Synchronous on a pipe (node:process), so that the line is out before the process is.
  process.stdout.write(`${name} ${createHash('sha256').update(what).digest('hex').slice(0, 16)}\n`);
  said += 1;
  if (said >= Number(lines)) process.kill(process.pid, 'SIGKILL');
}

const keys = [{ ...sealing, use: 'seal', versions: [1] }] as const;
const token = await createSimulatedToken({ dir: join(home, 'token'), keys });
say('token', JSON.stringify(token.masterKeys));

const dataDir = join(home, 'station');
using journal = openSqliteJournal({ path: join(dataDir, 'journal.sqlite'), clock: systemClock });
await using custody = await openKeyCustody({ modulePath: token.modulePath, tokenLabel: token.tokenLabel, pin: token.pin, keys });
using storeKey = await dataKey(dataDir, custody);
say('store key', storeKey.use((bytes) => Uint8Array.from(bytes)));

using store = openOrderStore({ dir: join(dataDir, 'store'), dataKey: storeKey, clock: systemClock });
store.putOrder(newOrder('O1'));
say('order', store.getPayload('O1')?.files[0]?.bytes ?? 'nothing');

await using server = await openCaServer({ dir: elsewhere, port: 0, clock: systemClock });
const client = { certificatePem: await readFile(server.clientCertificatePath, 'utf8'), key: Secret.take(await readFile(server.clientKeyPath)) };
await using ca = keepChain(openEstAuthority({ url: server.url, trustedRootsPem: server.rootPem, client, clock: systemClock }), null, systemClock);
const place = { key: { label: 'content-signer', version: 1 }, certificateFile: join(home, 'signer', 'content-signer.pem'), organisation: 'Kortverk', module: token.modulePath, tokenLabel: token.tokenLabel, name: 'power' };
await using signer = await openSigner(place, { ca, tokenPin: token.pin, clock: systemClock, limit });
say('signer', signer.certificate);

const backup = join(home, 'backups', 'first');
if (!existsSync(join(backup, manifestName))) {
  // What a person does with a backup that was cut off.
  rmSync(backup, { recursive: true, force: true });
  const config = { dataDir, lettersDir: join(home, 'letters'), station: { id: 'power' }, keys: { environment: { SOFTHSM2_CONF: join(home, 'token', 'softhsm2.conf') } } };
  await writeBackup(config, journal, store, systemClock, backup);
}
const manifest = JSON.parse(await readFile(join(backup, manifestName), 'utf8')) as BackupManifest;
const found = await digestsBelow(backup);
const wrong = Object.entries(manifest.files).filter(([path, digest]) => found[path] !== digest);
if (wrong.length > 0 || Object.keys(found).length < 5) throw new Error(`the backup is not whole: ${wrong.map(([path]) => path).join(' ')}`);
say('backup', JSON.stringify(manifest.files));
