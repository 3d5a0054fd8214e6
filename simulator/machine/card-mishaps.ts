import { sectorOf, trailerBlock } from '../../drivers/codec/mifare-layout.ts';
import type { WriteBehaviour } from '../card/mifare-classic.ts';
import type { VpcdSlot } from '../reader/vpcd-slot.ts';
import { passChance, type ArmedCardFault, type CardFault, type Chance } from './card-faults.ts';
import type { ChipStation } from './living-card.ts';

/** Bytes of a torn trailer that land: key A and the first access bytes. */
const tornBytes = 8;

/** The armed faults of cards, and what became of cards that had one. Whoever owns a slot asks at every chance. */
export class CardMishaps {
  #armed: readonly ArmedCardFault[] = [];
  #tornAt: ChipStation | null = null;
  readonly #worn = new Map<string, Set<number>>();

  get armed(): readonly ArmedCardFault[] {
    return this.#armed;
  }

  arm(fault: ArmedCardFault): void {
    this.#armed = [...this.#armed, fault];
  }

  disarm(name: string): void {
    this.#armed = this.#armed.filter((fault) => fault.name !== name);
  }

  /** Counts one chance; gives what happens now. */
  due(chance: Chance, station: ChipStation): readonly CardFault[] {
    const { armed, due } = passChance(this.#armed, chance, station);
    this.#armed = armed;
    return due;
  }

  /** Before a command: mutes, pulls or spoils. Gives whether the card service dies. */
  beforeCommand(slot: VpcdSlot, station: ChipStation): boolean {
    const due = this.due('command', station);
    if (due.includes('card-mute')) slot.ailment = 'mute';
    if (due.includes('card-slow')) slot.nextAnswer = 'slow';
    if (due.includes('card-short')) slot.nextAnswer = 'short';
    if (due.includes('card-6f00')) slot.nextAnswer = '6f00';
    if (due.includes('card-gone')) slot.remove();
    return due.includes('service-dies');
  }

  /** After a command that changed a chip for good: the card may lose the field before it has answered. */
  afterChange(slot: VpcdSlot, station: ChipStation): void {
    const torn = this.#tornAt === station;
    this.#tornAt = null;
    if (this.due('write', station).includes('card-torn') || torn) slot.remove();
  }

  /** What the blocks of one card let land, for as long as the machine knows it. */
  behaviourOf(uid: string, station: ChipStation): WriteBehaviour {
    return (block, before, after) => {
      const worn = this.#worn.get(uid) ?? new Set<number>();
      this.#worn.set(uid, worn);
      if (this.due('block', station).includes('card-worn')) worn.add(block);
      const torn = block === trailerBlock(sectorOf(block)) && this.due('trailer', station).includes('card-torn-trailer');
      if (torn) this.#tornAt = station;
      if (worn.has(block)) return before;
      return torn ? after.map((byte, index) => (index < tornBytes ? byte : byte & (before[index] ?? 0))) : after;
    };
  }
}
