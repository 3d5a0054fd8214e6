import { encodeResponse, parseCommand } from '../../drivers/codec/apdu.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { abilitiesByName, type PivAbilities } from './piv/abilities.ts';
import { channelDomain } from './channel-domain.ts';
import { poweredUp, type PivContext } from './piv/context.ts';
import { factoryMemory, fromHex, type PivMemory } from './piv/memory.ts';
import { PivTransport } from './piv/transport.ts';
import type { SecurityDomain } from './security-domain.ts';
import type { ChipInterface, ChipSnapshot, SimulatedChip } from './simulated-chip.ts';

/** What a simulated chip is handed: random bytes, and whom to tell that its lasting state changed. */
export interface PivCardParts {
  readonly random: (length: number) => Uint8Array;
  readonly onChange: (snapshot: ChipSnapshot) => void;
}

/**
 * One PIV chip (SP 800-73-5 with Yubico's extensions), seen by a reader through `face`: with all rights over contact,
 * with the standard's limits without. Both faces share the memory; each has its own power and volatile state.
 */
export class PivCard {
  readonly uid: string;
  readonly abilities: PivAbilities;
  readonly #memory: PivMemory;
  readonly #parts: PivCardParts;

  constructor(uid: string, abilities: PivAbilities, memory: PivMemory, parts: PivCardParts) {
    this.uid = uid;
    this.abilities = abilities;
    this.#memory = memory;
    this.#parts = parts;
  }

  /** The chip as a reader of this kind sees it. */
  face(reach: ChipInterface): SimulatedChip {
    const { abilities } = this;
    return new PivFace(fromHex(this.uid), fromHex(reach === 'contact' ? abilities.contactAtr : abilities.contactlessAtr), {
      memory: this.#memory,
      volatile: poweredUp(),
      abilities,
      reach,
      random: this.#parts.random,
      save: () => this.#parts.onChange(this.snapshot()),
    });
  }

  /** A copy of the lasting state. */
  snapshot(): ChipSnapshot {
    return { kind: 'piv', uid: this.uid, memory: structuredClone(this.#memory) };
  }
}

/** A chip from the factory. `uid` is upper-case hex, `serial` below 2^32. */
export function blankPivCard(options: { readonly uid: string; readonly serial: number; readonly abilities: PivAbilities }, parts: PivCardParts): PivCard {
  return new PivCard(options.uid, options.abilities, factoryMemory(options.abilities, options.serial), parts);
}

/** Brings a snapshot to life again. Throws `SIM-INVALID` when it is of no PIV chip known here. */
export function restorePivCard(snapshot: ChipSnapshot, parts: PivCardParts): PivCard {
  if (snapshot.kind !== 'piv' || !isPivMemory(snapshot.memory)) throw new StationFault('SIM-INVALID', { field: 'chip', note: 'not the memory of a PIV chip' });
  const abilities = abilitiesByName[snapshot.memory.abilities];
  if (abilities === undefined) throw new StationFault('SIM-INVALID', { field: 'chip', note: `no PIV chip is called ${snapshot.memory.abilities}` });
  return new PivCard(snapshot.uid, abilities, structuredClone(snapshot.memory), parts);
}

function isPivMemory(memory: unknown): memory is PivMemory {
  return typeof memory === 'object' && memory !== null && 'abilities' in memory && 'pin' in memory && 'puk' in memory && 'management' in memory && 'keys' in memory && 'objects' in memory;
}

class PivFace implements SimulatedChip {
  readonly atr: Uint8Array;
  readonly #uid: Uint8Array;
  readonly #context: PivContext;
  #transport: PivTransport;
  readonly #domain: SecurityDomain | null;

  constructor(uid: Uint8Array, atr: Uint8Array, context: PivContext) {
    this.#uid = uid;
    this.atr = atr;
    this.#context = context;
    this.#transport = new PivTransport(context);
    this.#domain = channelDomain(context, uid, { transmit: (command) => this.#transport.transmit(command) });
  }

  reset(): void {
    Object.assign(this.#context.volatile, poweredUp());
    this.#transport = new PivTransport(this.#context);
    this.#domain?.reset();
  }

  powerOff(): void {
    this.reset();
  }

  transmit(command: Uint8Array): Uint8Array {
    return this.#readerAnswer(command) ?? (this.#domain ?? this.#transport).transmit(command);
  }

  /** FF CA 00 00 is the contactless reader's own word for the UID (PC/SC part 3, 3.2.2.1.3): it never reaches the chip. */
  #readerAnswer(bytes: Uint8Array): Uint8Array | null {
    if (this.#context.reach !== 'contactless') return null;
    const apdu = parseCommand(bytes);
    const asksUid = apdu?.cla === 0xff && apdu.ins === 0xca && apdu.p1 === 0x00 && apdu.p2 === 0x00;
    return asksUid ? encodeResponse(this.#uid, 0x9000) : null;
  }
}
