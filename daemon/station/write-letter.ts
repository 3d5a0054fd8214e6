import { join } from 'node:path';
import { makeFolder, replaceFile } from '../../drivers/contracts/durable-file.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { Secret } from '../../drivers/contracts/secret.ts';
import { stockholmDay } from '../../queue/order/calendar.ts';
import type { Order } from '../../queue/order/order-schema.ts';
import { makeActivationLetter } from '../../templates/letter/activation-letter.ts';
import { checkLetterForPin } from '../../templates/letter/check-letter.ts';
import type { CardPlan } from '../produce/card-plan.ts';
import type { StationCore } from './station-rooms.ts';

/**
 * Makes the activation letter of a finished card and lays it beside the results. Throws `DEL-LETTER` when it cannot be
 * made, `KEY-PIN-IN-LETTER` when the PIN stands in it: then nothing is written (rule R36).
 */
export async function writeLetter(core: StationCore, order: Order, plan: CardPlan, pin: Secret): Promise<void> {
  const { lettersDir, fonts, portal } = core.letters;
  const { pdf, texts } = await makeActivationLetter(
    {
      recipient: recipientOf(order),
      sender: core.returnAddress,
      holderName: `${order.holder.firstName} ${order.holder.lastName}`,
      companyName: order.company.registeredName,
      cardNumber: plan.values.cardNumber,
      validTo: plan.values.validTo,
      dated: stockholmDay(core.clock.now()),
      portal,
      card: plan.front,
    },
    fonts,
  );
  const [finding] = checkLetterForPin(texts, pin);
  if (finding !== undefined) throw new StationFault(finding.code);
  layDown(lettersDir, `${order.orderId}.pdf`, pdf);
}

/** A full disk or a folder that is none is for a person to mend, with the card inside. */
function layDown(dir: string, name: string, pdf: Uint8Array): void {
  try {
    makeFolder(dir);
    replaceFile(join(dir, name), pdf);
  } catch (error) {
    throw new StationFault('DEL-LETTER', { note: `cannot be written to ${dir}` }, error);
  }
}

/** The delivery address, or who picks the card up where. */
function recipientOf({ holder, delivery }: Order): readonly string[] {
  const name = `${holder.firstName} ${holder.lastName}`;
  const { address, pickupPoint } = delivery;
  if (address === undefined) return [name, `Hämtas / pick-up: ${pickupPoint ?? ''}`];
  const city = [address.postalCode, address.city].filter((part) => part !== undefined).join(' ');
  const country = address.countryCode === 'SE' ? undefined : address.countryCode;
  return [address.companyName, address.recipient ?? name, address.line1, address.line2, city, country].filter((line): line is string => line !== undefined && line !== '');
}
