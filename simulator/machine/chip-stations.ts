import type { StationFault } from '../../drivers/contracts/fault.ts';
import { VpcdSlot } from '../reader/vpcd-slot.ts';
import type { ArmedCardFault } from './card-faults.ts';
import { CardMishaps } from './card-mishaps.ts';
import { cardAt } from './card-path.ts';
import { chipsDigest, type CardMaker, type ChipStation, type LivingCard } from './living-card.ts';
import type { Blank } from './plastic-event.ts';
import type { Plastic, PlasticStore } from './plastic-store.ts';

export interface ChipStationsOptions {
  readonly store: PlasticStore;
  readonly makeCard: CardMaker;
  readonly ports: Readonly<Record<ChipStation, number>>;
  /** The card service died at a command (an armed fault). */
  readonly onServiceDeath: () => void;
  readonly onTrouble: (fault: StationFault) => void;
}

const stations = ['contactless', 'contact'] as const;

/**
 * The chip stations of the machine: the card that lies at one answers on its reader and nowhere else, and what its
 * chips write is kept before the reader gets the answer.
 */
export class ChipStations implements AsyncDisposable {
  readonly #options: ChipStationsOptions;
  readonly #slots: Readonly<Record<ChipStation, VpcdSlot>>;
  readonly #mishaps = new CardMishaps();
  #inside: LivingCard | null = null;
  #at: { readonly station: ChipStation; readonly uid: string } | null = null;
  #changed = false;
  #writes = 0;

  constructor(options: ChipStationsOptions) {
    this.#options = options;
    this.#slots = { contactless: this.#slot('contactless'), contact: this.#slot('contact') };
    options.store.watch((plastic) => this.#follow(plastic));
    this.#follow(options.store.plastic);
  }

  get armedFaults(): readonly ArmedCardFault[] {
    return this.#mishaps.armed;
  }

  arm(fault: ArmedCardFault): void {
    this.#mishaps.arm(fault);
  }

  disarm(name: string): void {
    this.#mishaps.disarm(name);
  }

  /** The card with its chips running, wherever it lies. */
  living(blank: Blank): LivingCard {
    if (this.#inside?.blank.uid === blank.uid) return this.#inside;
    return this.#options.makeCard(blank, this.#options.store.readChips(blank.uid), () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const station of stations) this.#slots[station].remove();
  }

  #slot(station: ChipStation): VpcdSlot {
    return new VpcdSlot({
      port: this.#options.ports[station],
      beforeCommand: () => this.#strike(station),
      beforeAnswer: () => this.#keep(station),
      onTrouble: this.#options.onTrouble,
    });
  }

  /** Puts the card that lies at a station into its slot, and pulls out the one that went. */
  #follow(plastic: Plastic): void {
    const station = stations.find((name) => cardAt(plastic.path, name) !== null) ?? null;
    const card = station === null ? null : cardAt(plastic.path, station);
    if (this.#at !== null && (this.#at.station !== station || this.#at.uid !== card?.uid)) this.#leave(this.#at.station);
    const insideUid = plastic.path.inside?.card.uid;
    if (this.#inside !== null && this.#inside.blank.uid !== insideUid) this.#inside = null;
    if (this.#at === null && station !== null && card !== null) this.#arrive(station, card);
  }

  #arrive(station: ChipStation, blank: Blank): void {
    this.#at = { station, uid: blank.uid };
    this.#inside ??= this.#options.makeCard(blank, this.#options.store.readChips(blank.uid), () => {
      this.#changed = true;
    }, [this.#mishaps.behaviourOf(blank.uid, 'contactless')]);
    this.#slots[station].ailment = 'none';
    if (!this.#mishaps.due('arrival', station).includes('card-dead')) this.#slots[station].insert(this.#inside.faces[station]);
  }

  #leave(station: ChipStation): void {
    this.#at = null;
    this.#slots[station].remove();
    this.#keepChips();
    const card = this.#inside;
    if (card === null || this.#writes === 0) return;
    const { store } = this.#options;
    const writes = this.#writes;
    this.#writes = 0;
    store.change(store.plastic, [{ what: 'chips-changed', uid: card.blank.uid, writes, digest: chipsDigest(card.snapshots()) }]);
  }

  /** Once a command, however often the chip wrote during it. */
  #keep(station: ChipStation): void {
    if (this.#keepChips()) this.#mishaps.afterChange(this.#slots[station], station);
  }

  #keepChips(): boolean {
    if (!this.#changed || this.#inside === null) return false;
    this.#changed = false;
    this.#writes += 1;
    this.#options.store.writeChips(this.#inside.blank.uid, this.#inside.snapshots());
    return true;
  }

  #strike(station: ChipStation): void {
    if (this.#mishaps.beforeCommand(this.#slots[station], station)) this.#options.onServiceDeath();
  }
}
