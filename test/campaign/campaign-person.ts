import { setTimeout as sleep } from 'node:timers/promises';
import { answerByLooking } from '../../daemon/compose-simulated-person.ts';
import type { Attendant } from '../../daemon/station/attendant.ts';
import { readStoredOrder } from '../../queue/order/order-schema.ts';
import type { OrderStore } from '../../queue/store/order-store.ts';
import type { Control } from '../../simulator/script/control-client.ts';
import { simulatedPerson } from '../../simulator/script/simulated-person.ts';

/** How often a person of a campaign comes in one life of a station before the station must say that it cannot go on. */
const mostComings = 60;
/** How long a person takes to come, in milliseconds. */
const comingMs = 100;

/** Minds the feeder, mends the machine and its card service, takes strange cards out, and looks for the cards of holds where they lie. */
export function campaignPerson(control: Control, store: OrderStore, say: (line: string) => void): Attendant {
  const person = simulatedPerson(control);
  let comings = 0;
  return {
    async mend(reason, orderId, left) {
      comings += 1;
      say(`person: ${reason} at ${orderId}`);
      if (comings > mostComings) return false;
      await sleep(comingMs);
      await mendMachine(control, reason);
      const technology = technologyOf(store, orderId);
      if (technology !== null && (reason === 'PRN-FEEDER-EMPTY' || reason === 'ENC-WRONG-BLANK')) {
        const alike = left.filter((id) => technologyOf(store, id) === technology).length;
        await person.fillFeeder(technology === 'PIVC' ? 'piv' : 'mifare+piv', Math.max(alike, 1), 'LOT-CAMPAIGN');
      }
      return true;
    },
    answer: (hold) => answerByLooking(person, hold),
  };
}

/** What a person does at a machine that stands: card service, cover, ribbon, cleaning, full trays; a card of nobody is taken out. */
export async function mendMachine(control: Control, reason: string): Promise<void> {
  const { cardService } = await control.ask<'status'>({ do: 'status' });
  if (cardService === 'stopped') await control.ask<'start-card-service'>({ do: 'start-card-service' });
  await control.ask<'mend'>({ do: 'mend' });
  if (reason === 'PRN-UNKNOWN') await simulatedPerson(control).clearMachine();
  if (reason === 'PRN-REJECT-FULL') await emptyTray(control, 'reject');
  if (reason === 'PRN-OUTPUT-FULL') await emptyTray(control, 'output');
}

/** Takes the pile out of a tray, but for the card on top: the station may still ask where that one is. */
async function emptyTray(control: Control, tray: 'output' | 'reject'): Promise<void> {
  const { cards } = await control.ask<'look'>({ do: 'look' });
  for (const { uid } of cards.filter(({ place }) => place === tray).slice(0, -1)) await control.ask<'take-card'>({ do: 'take-card', uid });
}

/** From the store: an attempt that a former batch left open is of an order that this one does not list. */
function technologyOf(store: OrderStore, orderId: string): string | null {
  const payload = store.getPayload(orderId);
  return payload === null ? null : readStoredOrder(JSON.parse(payload.payload)).card.technologyProfile;
}
