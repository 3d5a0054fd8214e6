import { StationFault } from '../../drivers/contracts/fault.ts';
import type { ControlAct, ControlRequest, ControlResults, KnownFault, Place, SeenCard } from '../script/control-protocol.ts';
import { places } from '../script/control-protocol.ts';
import type { CaServer } from '../ca/ca-server.ts';
import { caFaultMeanings, isCaFaultWord, parseCaFault } from './ca-fault-words.ts';
import { cardFaultMeanings, isCardFault, parseCardFault } from './card-faults.ts';
import { naturalTrigger, parseFault, type PathFault } from './card-path-faults.ts';
import { armFault, changeRibbon, closeCover } from './card-path-person.ts';
import { isRibbonType, newRibbon, ribbonPanels } from './card-path-ribbon.ts';
import type { CardService } from './card-service.ts';
import { findCardTag } from './card-tag-finder.ts';
import type { ChipStations } from './chip-stations.ts';
import { newUid } from './living-card.ts';
import type { Blank } from './plastic-event.ts';
import { find, load, locate, put, swap, take, type HandAct } from './plastic-hands.ts';
import type { PlasticStore } from './plastic-store.ts';
import type { ScaledClock } from './scaled-clock.ts';

/** The parts of a machine that a person's hands can reach. */
export interface MachineParts {
  readonly store: PlasticStore;
  readonly stations: ChipStations;
  readonly service: CardService;
  readonly clock: ScaledClock;
  /** Null when the machine runs without an authority. */
  readonly ca: Pick<CaServer, 'setFault'> | null;
  /** Ends the machine, after the answer went out. */
  readonly stop: () => void;
}

type Handlers = { readonly [A in ControlAct]: (request: Extract<ControlRequest, { do: A }>) => Promise<ControlResults[A]> | ControlResults[A] };

/** Does what the control protocol asks of a machine. Throws `SIM-INVALID` for what cannot be done. */
export class MachineControl {
  readonly #parts: MachineParts;
  readonly #handlers: Handlers;

  constructor(parts: MachineParts) {
    this.#parts = parts;
    this.#handlers = {
      status: () => this.#status(),
      'load-blanks': ({ count, kind, lot }) => {
        const blanks = Array.from({ length: count }, (): Blank => ({ uid: newUid(), lot, kind }));
        this.#act(load(parts.store.plastic, blanks));
        return { uids: blanks.map(({ uid }) => uid) };
      },
      look: () => ({ cards: locate(parts.store.plastic).map(({ card, place }) => this.#seen(card, place)) }),
      'take-card': ({ uid }) => this.#hold(take(parts.store.plastic, uid), uid),
      'put-card': ({ uid, where }) => this.#hold(put(parts.store.plastic, uid, where), uid),
      'swap-cards': ({ first, second }) => {
        this.#act(swap(parts.store.plastic, first, second));
        return { cards: [first, second].map((uid) => this.#lookAt(uid)) };
      },
      'arm-fault': ({ fault }) => this.#arm(fault),
      'disarm-fault': ({ fault }) => this.#disarm(fault),
      'list-faults': () => ({ faults: knownFaults() }),
      'set-time-factor': ({ factor }) => {
        parts.clock.factor = factor;
        return { factor };
      },
      'dump-chips': ({ uid }) => ({ uid, chips: parts.stations.living(find(parts.store.plastic, uid).card).snapshots() }),
      'kill-card-service': async () => {
        await parts.service.kill();
        return {};
      },
      'start-card-service': async () => {
        await parts.service.start();
        return {};
      },
      mend: () => this.#mend(),
      'change-ribbon': ({ type, sets }) => this.#changeRibbon(type, sets),
      stop: () => {
        parts.stop();
        return {};
      },
    };
  }

  async serve<A extends ControlAct>(request: Extract<ControlRequest, { do: A }>): Promise<ControlResults[A]> {
    const handler: (request: Extract<ControlRequest, { do: A }>) => Promise<ControlResults[A]> | ControlResults[A] = this.#handlers[request.do];
    return handler(request);
  }

  #act({ plastic, events }: HandAct): void {
    this.#parts.store.change(plastic, events);
  }

  #hold(act: HandAct, uid: string): SeenCard {
    this.#act(act);
    return this.#lookAt(uid);
  }

  #lookAt(uid: string): SeenCard {
    const { card, place } = find(this.#parts.store.plastic, uid);
    return this.#seen(card, place);
  }

  #seen(card: Blank, place: Place): SeenCard {
    const { store } = this.#parts;
    const printed = store.plastic.printed.includes(card.uid);
    const chips = store.readChips(card.uid);
    return { ...card, place, printed, tag: chips === null ? null : findCardTag(chips) };
  }

  #status(): ControlResults['status'] {
    const { store, service, clock } = this.#parts;
    const lying = locate(store.plastic);
    const count = (place: Place): number => lying.filter((each) => each.place === place).length;
    return {
      pid: process.pid,
      timeFactor: clock.factor,
      cardService: service.running ? 'running' : 'stopped',
      cards: Object.fromEntries(places.map((place) => [place, count(place)])) as Record<Place, number>,
      inside: store.path.inside?.card.uid ?? null,
      armedFaults: this.#armedFaults(),
    };
  }

  #armedFaults(): readonly string[] {
    const { store, stations } = this.#parts;
    return [...store.path.faults.armed.map(({ name }) => name), ...stations.armedFaults.map(({ name }) => name)];
  }

  #arm(text: string): { readonly armedFaults: readonly string[] } {
    const { store, stations } = this.#parts;
    if (isCaFaultWord(nameOf(text))) {
      this.#authority().setFault(parseCaFault(text));
    } else if (isCardFault(nameOf(text))) {
      stations.arm(parseCardFault(text));
    } else {
      const { name, nth, trigger } = parseFault(text);
      store.update((path) => armFault(path, name, nth, trigger));
    }
    return { armedFaults: this.#armedFaults() };
  }

  #disarm(text: string): { readonly armedFaults: readonly string[] } {
    const { store, stations } = this.#parts;
    const name = nameOf(text);
    if (isCaFaultWord(name)) this.#authority().setFault(undefined);
    else if (isCardFault(name)) stations.disarm(name);
    else if (isPathFault(name)) store.update((path) => ({ ...path, faults: { ...path.faults, armed: path.faults.armed.filter((fault) => fault.name !== name) } }));
    else throw new StationFault('SIM-INVALID', { field: `fault ${name.slice(0, 60)}`, note: 'no fault has this name' });
    return { armedFaults: this.#armedFaults() };
  }

  #authority(): Pick<CaServer, 'setFault'> {
    if (this.#parts.ca === null) throw new StationFault('SIM-INVALID', { field: 'certificate authority', note: 'the machine runs without one' });
    return this.#parts.ca;
  }

  #changeRibbon(type: string, sets: number): ControlResults['change-ribbon'] {
    if (!isRibbonType(type)) throw new StationFault('SIM-INVALID', { field: `ribbon ${type.slice(0, 20)}`, note: `known: ${Object.keys(ribbonPanels).join(', ')}` });
    this.#parts.store.update((path) => changeRibbon(path, newRibbon(type, sets)));
    return { type, sets };
  }

  #mend(): ControlResults['mend'] {
    const { store } = this.#parts;
    const stuck = store.path.jammed ? store.path.inside?.card.uid ?? null : null;
    if (stuck !== null) this.#act(take(store.plastic, stuck));
    const { ribbon } = store.path;
    store.update((path) => ({
      ...closeCover(ribbon === null ? path : changeRibbon(path, { ...ribbon, panelsWound: 0 })),
      jammed: false,
      standing: [],
      counters: { ...path.counters, cardsSinceCleaning: 0 },
    }));
    return { taken: stuck };
  }
}

function nameOf(fault: string): string {
  return fault.split('@')[0] ?? '';
}

function isPathFault(name: string): name is PathFault {
  return Object.hasOwn(naturalTrigger, name);
}

/** The whole vocabulary of faults. */
function knownFaults(): readonly KnownFault[] {
  const ofPath = Object.entries(naturalTrigger).map(([name, trigger]) => ({ name, does: `the printer's own fault of this name, at the Nth ${trigger}` }));
  return [...ofPath, ...Object.entries({ ...cardFaultMeanings, ...caFaultMeanings }).map(([name, does]) => ({ name, does }))];
}
