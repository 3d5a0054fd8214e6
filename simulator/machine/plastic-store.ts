import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../drivers/contracts/clock.ts';
import type { ChipSnapshot } from '../card/simulated-chip.ts';
import type { Place } from '../script/control-protocol.ts';
import type { PathHolder } from './card-path-mechanics.ts';
import { restorePath, snapshotPath, type PathSnapshot } from './card-path-snapshot.ts';
import { newCardPath, type CardInside, type CardPath } from './card-path.ts';
import { replaceFile } from '../../drivers/contracts/durable-file.ts';
import { mechanicalEvents, type Blank, type PlasticEvent } from './plastic-event.ts';
import { PlasticLog, type PlasticRecord } from './plastic-log.ts';

/** A card in a person's hand: where it was taken from, and what was printed on it when it came from inside. */
export interface HeldCard {
  readonly card: Blank;
  readonly from: Place;
  readonly inside: CardInside<Blank> | null;
}

/** All plastic of the machine but the chips. `printed` names the cards the head has touched. */
export interface Plastic {
  readonly path: CardPath<Blank>;
  readonly hand: readonly HeldCard[];
  readonly printed: readonly string[];
}

interface KeptPlastic {
  readonly path: PathSnapshot<Blank>;
  readonly hand: readonly (Omit<HeldCard, 'inside'> & { readonly inside: PathSnapshot<Blank>['inside'] })[];
  readonly printed: readonly string[];
  /** The records of the last change: written to the account at the next start if the machine died before it could. */
  readonly lastRecords: readonly PlasticRecord[];
  readonly lastSeq: number;
}

/**
 * Keeps the machine's plastic in its folder: `plastic.json` (replaced whole at each change), `chips/UID.json` (one card's
 * chips), `plastic.ndjson` (the account). Every change is on the disk when the call returns.
 */
export class PlasticStore implements PathHolder<Blank>, Disposable {
  readonly folder: string;
  readonly #clock: Clock;
  readonly #log: PlasticLog;
  #plastic: Plastic;
  #seq: number;
  #watchers: ((plastic: Plastic) => void)[] = [];

  private constructor(folder: string, clock: Clock, log: PlasticLog, plastic: Plastic, seq: number) {
    this.folder = folder;
    this.#clock = clock;
    this.#log = log;
    this.#plastic = plastic;
    this.#seq = seq;
  }

  /** Opens the plastic of a folder; a new machine is empty. */
  static open(folder: string, clock: Clock): PlasticStore {
    mkdirSync(join(folder, 'chips'), { recursive: true });
    const log = PlasticLog.open(join(folder, 'plastic.ndjson'));
    const file = join(folder, 'plastic.json');
    if (!existsSync(file)) return new PlasticStore(folder, clock, log, { path: newCardPath<Blank>([]), hand: [], printed: [] }, log.lastSeq);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptPlastic;
    log.append(kept.lastRecords);
    const path = restorePath(kept.path);
    const hand = kept.hand.map((held) => ({ ...held, inside: held.inside === null ? null : restorePath({ ...kept.path, inside: held.inside }).inside }));
    return new PlasticStore(folder, clock, log, { path, hand, printed: kept.printed }, kept.lastSeq);
  }

  get plastic(): Plastic {
    return this.#plastic;
  }

  get path(): CardPath<Blank> {
    return this.#plastic.path;
  }

  /** Calls `watcher` after each change. */
  watch(watcher: (plastic: Plastic) => void): void {
    this.#watchers.push(watcher);
  }

  /** A change of the mechanics; what happened is seen from the two states. */
  update(change: (path: CardPath<Blank>) => CardPath<Blank>): void {
    const path = change(this.path);
    this.change({ ...this.#plastic, path }, mechanicalEvents(this.path, path));
  }

  /** A change with its account. */
  change(plastic: Plastic, events: readonly PlasticEvent[]): void {
    const marked = events.flatMap((event) => (event.what === 'marked' && !plastic.printed.includes(event.uid) ? [event.uid] : []));
    this.#plastic = { ...plastic, printed: [...plastic.printed, ...new Set(marked)] };
    const at = this.#clock.now();
    const records = events.map((event, index) => ({ seq: this.#seq + 1 + index, at, event }));
    this.#seq += records.length;
    replaceFile(join(this.folder, 'plastic.json'), JSON.stringify(this.#kept(records)));
    this.#log.append(records);
    for (const watcher of this.#watchers) watcher(this.#plastic);
  }

  #kept(lastRecords: readonly PlasticRecord[]): KeptPlastic {
    const { path, hand, printed } = this.#plastic;
    const heldCards = hand.map((held) => ({ ...held, inside: snapshotPath({ ...path, inside: held.inside }).inside }));
    return { path: snapshotPath(path), hand: heldCards, printed, lastRecords, lastSeq: this.#seq };
  }

  /** What the chips of a card hold; null while they are as the factory left them. */
  readChips(uid: string): readonly ChipSnapshot[] | null {
    const file = this.#chipFile(uid);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly ChipSnapshot[]) : null;
  }

  writeChips(uid: string, chips: readonly ChipSnapshot[]): void {
    replaceFile(this.#chipFile(uid), JSON.stringify(chips));
  }

  #chipFile(uid: string): string {
    return join(this.folder, 'chips', `${uid}.json`);
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
  }
}
