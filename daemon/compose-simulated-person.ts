import type { MifareChip } from '../drivers/codec/mifare-layout.ts';
import { readStoredOrder } from '../queue/order/order-schema.ts';
import { cardProfileOf, type ProfileSet } from '../queue/profile/profile-set.ts';
import { atBench } from '../queue/stock/stock-account.ts';
import type { OrderStore } from '../queue/store/order-store.ts';
import type { Control } from '../simulator/script/control-client.ts';
import type { BlankKind } from '../simulator/script/control-protocol.ts';
import { simulatedPerson, type SimulatedPerson } from '../simulator/script/simulated-person.ts';
import type { OpenHold } from './produce/answer-hold.ts';
import type { HoldAnswer } from './produce/hold-question.ts';
import type { Attendant } from './station/attendant.ts';
import { batchesAtBench } from './station/blanks-at-bench.ts';
import type { StationCore } from './station/station-rooms.ts';

const lot = 'LOT-SIMULATED';
const by = 'simulated person';

/** A person at the simulated bench: minds the feeder, clears the machine, finds cards in the trays, and keeps the stock book. */
export interface SimulatedAttendant extends Attendant {
  /** Counts what lies in the feeder into a batch (or day), out of every other that has blanks at the bench by the books. */
  takeOver(batchId: string, feedAnnounced: boolean): Promise<void>;
  /** Counts what is left in the feeder back into stock. */
  handBack(batchId: string): Promise<void>;
}

/** The person of a simulated bench. `batchFor` says which batch (or day) the blanks are issued for that an order needs. */
export function simulatedAttendant(control: Control, { store, profiles }: Pick<StationCore, 'store' | 'profiles'>, batchFor: (orderId: string) => string): SimulatedAttendant {
  const person = simulatedPerson(control);
  const fill = async (orderId: string, left: readonly string[]): Promise<boolean> => {
    const kind = blankKindOf(store, profiles, orderId);
    if (kind === null) return false;
    const alike = left.filter((id) => blankKindOf(store, profiles, id) === kind);
    // Each entry stands before fewer, and after more, lie in the feeder: one who dies between leaves more than the books have, which the next takes over.
    const loaded = await person.fillFeeder(kind, Math.max(alike.length, 1), lot, (taken) => bookTaking(store, taken));
    bookLoading(store, batchFor(orderId), loaded);
    return true;
  };
  return {
    async mend(reason, orderId, left) {
      if (reason === 'PRN-FEEDER-EMPTY' || reason === 'ENC-WRONG-BLANK') return fill(orderId, left);
      return reason === 'PRN-UNKNOWN' && (await person.clearMachine()) !== null;
    },
    answer: (hold) => answerByLooking(person, hold),
    takeOver: (batchId, feedAnnounced) => takeOver(store, control, batchId, feedAnnounced),
    handBack: (batchId) => handBack(store, control, batchId),
  };
}

/** What a person answers to a hold who looks where the card really lies; null when the truth is not a legal answer. */
export async function answerByLooking(person: SimulatedPerson, { uid, question, answers }: OpenHold): Promise<HoldAnswer | null> {
  if (question === 'another-blank') return 'remake';
  if (question === 'whose-card-is-inside') await person.clearMachine();
  const place = uid === null ? null : await person.whereIs(uid);
  const found = place === 'output' ? 'in-output' : place === 'reject' ? 'in-reject' : 'destroyed';
  return answers.includes(found) ? found : null;
}

/** The blanks that each MIFARE chip of a card profile comes on. */
export const blankKindWith: Readonly<Record<MifareChip, BlankKind>> = { mini: 'mifare-mini+piv', '1k': 'mifare+piv', '2k': 'mifare-2k+piv', '4k': 'mifare-4k+piv' };

/** Which blanks the card profile of an order wants; null for an order that is not there or whose profile is not. */
function blankKindOf(store: OrderStore, profiles: ProfileSet, orderId: string): BlankKind | null {
  const payload = store.getPayload(orderId);
  const profile = payload === null ? null : cardProfileOf(readStoredOrder(JSON.parse(payload.payload)).card, profiles);
  if (profile === null) return null;
  return profile.mifare === null ? 'piv' : blankKindWith[profile.mifare.chip];
}

/** What comes out of the feeder goes back into stock. */
function bookTaking(store: OrderStore, count: number): void {
  store.atomically(() => {
    store.stock.addLot(lot, 'simulated');
    putBack(store, count, batchesAtBench(store));
  });
}

/** New blanks come into stock and out to the bench in one. */
function bookLoading(store: OrderStore, batchId: string, loaded: readonly string[]): void {
  store.atomically(() => {
    store.stock.addLot(lot, 'simulated');
    if (loaded.length > 0) issueNew(store, batchId, loaded.length);
    store.stock.addUids(lot, loaded);
  });
}

/** Enters blanks as back in stock, out of these batches as far as each has any at the bench. Gives how many. */
function putBack({ stock }: OrderStore, most: number, batchIds: readonly (string | null)[]): number {
  let left = Math.min(most, atBench(stock.tallyOfLot(lot)));
  const before = left;
  for (const batchId of batchIds) {
    const count = batchId === null ? 0 : Math.min(left, atBench(stock.tallyOfBatch(batchId)));
    if (count < 1) continue;
    stock.move({ lot, kind: 'returned', count, batchId, by });
    left -= count;
  }
  return before - left;
}

function issueNew({ stock }: OrderStore, batchId: string, count: number): void {
  stock.move({ lot, kind: 'registered', count, batchId: null, by });
  stock.move({ lot, kind: 'issued', count, batchId, by });
}

async function inFeeder(control: Control): Promise<number> {
  return (await control.ask<'status'>({ do: 'status' })).cards.feeder;
}

/** Afterwards the book of the batch has as many as lie in the feeder, and no other book has any; more than the books of all have is new. */
async function takeOver(store: OrderStore, control: Control, batchId: string, feedAnnounced: boolean): Promise<void> {
  const found = await inFeeder(control);
  // What is on its way goes over with the others, as far as the books have one more than lies there.
  const most = found + (feedAnnounced ? 1 : 0);
  const { stock } = store;
  store.atomically(() => {
    stock.addLot(lot, 'simulated');
    const own = Math.max(0, atBench(stock.tallyOfBatch(batchId)));
    const carried = putBack(store, Math.max(0, most - own), batchesAtBench(store).filter((former) => former !== batchId));
    if (carried > 0) stock.move({ lot, kind: 'issued', count: carried, batchId, by });
    // Blanks that were laid in by hand, past the book.
    if (found > own + carried) issueNew(store, batchId, found - own - carried);
  });
}

async function handBack(store: OrderStore, control: Control, batchId: string): Promise<void> {
  putBack(store, await inFeeder(control), [batchId]);
}
