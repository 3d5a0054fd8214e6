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
import { endBatch } from './station/batch-book.ts';
import type { StationCore } from './station/station-rooms.ts';

const lot = 'LOT-SIMULATED';
const by = 'simulated person';

/** A person at the simulated bench: minds the feeder, clears the machine, finds cards in the trays, and keeps the stock book. */
export interface SimulatedAttendant extends Attendant {
  /** Counts what lies in the feeder into a batch, out of whatever batch a former process left open. */
  takeOver(batchId: string, feedAnnounced: boolean): Promise<void>;
  /** Counts what is left in the feeder back into stock. */
  handBack(batchId: string): Promise<void>;
}

/** The person of a simulated bench. `currentBatch` says which batch blanks are issued for. */
export function simulatedAttendant(control: Control, { store, profiles }: Pick<StationCore, 'store' | 'profiles'>, currentBatch: () => string): SimulatedAttendant {
  const person = simulatedPerson(control);
  const fill = async (orderId: string, left: readonly string[]): Promise<boolean> => {
    const kind = blankKindOf(store, profiles, orderId);
    if (kind === null) return false;
    const alike = left.filter((id) => blankKindOf(store, profiles, id) === kind);
    const filled = await person.fillFeeder(kind, Math.max(alike.length, 1), lot);
    bookFilling(store, currentBatch(), filled);
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

/** New blanks come into stock and out to the bench in one; what was taken out of the feeder goes back. */
function bookFilling(store: OrderStore, batchId: string, { loaded, taken }: Awaited<ReturnType<SimulatedPerson['fillFeeder']>>): void {
  const { stock } = store;
  store.atomically(() => {
    stock.addLot(lot, 'simulated');
    const returned = Math.min(taken, atBench(stock.tallyOfBatch(batchId)), atBench(stock.tallyOfLot(lot)));
    if (returned > 0) stock.move({ lot, kind: 'returned', count: returned, batchId, by });
    if (loaded.length > 0) issueNew(store, batchId, loaded.length);
    stock.addUids(lot, loaded);
  });
}

function issueNew({ stock }: OrderStore, batchId: string, count: number): void {
  stock.move({ lot, kind: 'registered', count, batchId: null, by });
  stock.move({ lot, kind: 'issued', count, batchId, by });
}

async function inFeeder(control: Control): Promise<number> {
  return (await control.ask<'status'>({ do: 'status' })).cards.feeder;
}

async function takeOver(store: OrderStore, control: Control, batchId: string, feedAnnounced: boolean): Promise<void> {
  const found = await inFeeder(control);
  // What is on its way goes over with the others, as far as the books of former batches have one more than lies there.
  const most = found + (feedAnnounced ? 1 : 0);
  const { stock, batches } = store;
  store.atomically(() => {
    stock.addLot(lot, 'simulated');
    let carried = 0;
    for (const { batchId: former, state } of batches.list()) {
      if (former === batchId || state === 'CLOSED' || state === 'CANCELLED') continue;
      const count = Math.min(most - carried, Math.max(0, atBench(stock.tallyOfBatch(former))));
      if (count > 0) stock.move({ lot, kind: 'returned', count, batchId: former, by });
      carried += count;
      endBatch(store, former);
    }
    if (carried > 0) stock.move({ lot, kind: 'issued', count: carried, batchId, by });
    // Blanks that were laid in by hand, past the book.
    if (found > carried) issueNew(store, batchId, found - carried);
  });
}

async function handBack(store: OrderStore, control: Control, batchId: string): Promise<void> {
  const found = await inFeeder(control);
  const count = Math.min(found, atBench(store.stock.tallyOfBatch(batchId)), atBench(store.stock.tallyOfLot(lot)));
  if (count > 0) store.stock.move({ lot, kind: 'returned', count, batchId, by });
}
