import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepChain } from '../drivers/ca/kept-chain.ts';
import type { KnownAuthority } from '../drivers/contracts/certificate-authority.ts';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import { DisposalStack } from '../drivers/contracts/disposal.ts';
import { createFile } from '../drivers/contracts/durable-file.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { KeyCustody } from '../drivers/contracts/keys.ts';
import { Secret } from '../drivers/contracts/secret.ts';
import { openKeyCustody } from '../drivers/keys/key-custody.ts';
import { openBench } from '../drivers/open-bench.ts';
import { openSqliteJournal } from '../queue/journal/sqlite-journal.ts';
import { addMonths } from '../queue/order/calendar.ts';
import { orderDay, validTo } from '../queue/order/derived-values.ts';
import type { Order } from '../queue/order/order-schema.ts';
import { validityCapMonths } from '../queue/rules/nationality.ts';
import { defaultRuleSettings } from '../queue/rules/rule-settings.ts';
import { DataCipher } from '../queue/store/data-cipher.ts';
import type { OrderStore } from '../queue/store/order-store.ts';
import { openOrderStore } from '../queue/store/sqlite-order-store.ts';
import { openAuthority, secretFile } from './compose-authority.ts';
import { chipWork } from './compose-chips.ts';
import { openContentSigner, requireSigner } from './compose-content-signer.ts';
import { sealedChainFile, trustOf } from './compose-kept-chain.ts';
import { openPrinterRenderer } from './compose-renderer.ts';
import { makeOwnFolder } from './config/own-folder.ts';
import { requireRestored } from './files/restore-mark.ts';
import type { StationConfig } from './config/station-config.ts';
import { readProfiles } from './intake/read-profiles.ts';
import { openPinSealer } from './portal/seal-pin.ts';
import type { ProductionObserver } from './produce/station-parts.ts';
import type { StationCore } from './station/station-rooms.ts';

const DATA_KEY_BYTES = 32;
const OPEN_TIMEOUT_MS = 60_000;

/** An opened core, and how to close it. */
export interface OpenedCore extends AsyncDisposable {
  readonly core: StationCore;
}

/**
 * Opens everything that making a card needs, in the order of queue.md 2.4: journal first, so that a second station
 * ends here; then the printer, whose serial number must be the journal's. No Redis. What was opened is closed again
 * when a later part fails. Throws what the parts throw.
 */
export async function openCore(config: StationConfig, clock: Clock, observer: ProductionObserver, signal: AbortSignal): Promise<OpenedCore> {
  await using opened = new DisposalStack();
  const limit: Wait = { signal, timeoutMs: OPEN_TIMEOUT_MS };
  await makeOwnFolder(config.dataDir);
  requireRestored(config.dataDir);
  const journal = opened.use(openSqliteJournal({ path: join(config.dataDir, 'journal.sqlite'), clock }));
  const keys = opened.use(await openKeys(config));
  using storeKey = await dataKey(config.dataDir, keys);
  const store = opened.use(openOrderStore({ dir: join(config.dataDir, 'store'), dataKey: storeKey, clock, ...(config.station.cardNumbers === undefined ? {} : { cardNumbers: config.station.cardNumbers }) }));
  const profiles = await readProfiles(config);
  const pins = await openPinSealer(config.portalKeyFile);
  const ca = opened.use(await openKnownAuthority(config, opened.use(DataCipher.from(storeKey)), clock));
  using tokenPin = await secretFile(config.keys.pinFile);
  const signer = await openContentSigner(config, { ca, tokenPin, clock, limit });
  if (signer !== null) opened.use(signer);
  requireSigner(profiles.cards, signer);
  const bench = opened.use(await openBench(config.bench, clock, limit));
  const printer = await bench.printer.describe(limit);
  journal.bind(printer.serial);
  const renderer = await openPrinterRenderer(config, printer);
  await bench.printer.prepare(limit);
  const parts = { bench, journal, chips: chipWork(keys, ca, clock, signer), clock, observer, ...(config.stock.onlyKnownBlanks ? { admitBlank: knownBlanksOnly(store) } : {}) };
  const letters = { lettersDir: config.lettersDir, fonts: renderer.fonts, portal: config.site.portal };
  const held = opened.move();
  const core: StationCore = { id: config.station.id, clock, parts, journal, store, renderer, keys, profiles, pins, returnAddress: config.site.returnAddress, letters, revoke: ca.revoke === undefined ? null : ca.revoke.bind(ca), lastDay };
  return { core, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}

/** The authority, with its chain kept beside the station's data: a card that needs no new certificate is made while it is away. */
async function openKnownAuthority({ certificateAuthority, dataDir }: StationConfig, cipher: DataCipher, clock: Clock): Promise<KnownAuthority> {
  const shelf = sealedChainFile(join(dataDir, 'authority-chain'), await trustOf(certificateAuthority), cipher);
  return keepChain(await openAuthority(certificateAuthority, clock), shelf, clock);
}

function knownBlanksOnly({ stock }: OrderStore): (uid: string) => void {
  return (uid) => {
    if (stock.lotOfUid(uid) === null || stock.blankOf(uid)?.taken !== null) throw new StationFault('ENC-BLANK-NOT-IN-STOCK', { data: { uid } });
  };
}

/** Opens the token with the PIN of its file; the PIN is wiped at once. */
export async function openKeys(config: StationConfig): Promise<KeyCustody> {
  for (const [name, value] of Object.entries(config.keys.environment)) process.env[name] = value;
  using pin = await secretFile(config.keys.pinFile);
  return await openKeyCustody({ modulePath: config.keys.module, tokenLabel: config.keys.tokenLabel, pin, keys: config.keys.keys });
}

/** The store's key: random, made at the first start, kept sealed to the token. */
export async function dataKey(dataDir: string, keys: KeyCustody): Promise<Secret> {
  const file = join(dataDir, 'store.key');
  const sealed = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (sealed !== null) return keys.unseal(sealed);
  const fresh = Secret.take(randomBytes(DATA_KEY_BYTES));
  createFile(file, await keys.seal(fresh));
  return fresh;
}

/** The day asked for, or the cap that held for the holder's group on the day of the order, counted from production (rules R20, R21). */
function lastDay(order: Order, productionDay: string): string {
  const months = validityCapMonths(order, orderDay(order), defaultRuleSettings) ?? 0;
  const asked = validTo(order, productionDay, months);
  const most = addMonths(productionDay, months);
  return asked < most ? asked : most;
}
