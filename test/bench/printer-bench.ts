import { deflateSync } from 'node:zlib';
import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import { writeCommand } from '../../drivers/codec/evolis-frame.ts';
import { evolis300Dpi, packedLength } from '../../drivers/codec/evolis-geometry.ts';
import type { CardImage } from '../../drivers/contracts/card-image.ts';
import { systemClock, type Wait } from '../../drivers/contracts/clock.ts';
import { openEvolisPrinter } from '../../drivers/printer/evolis/evolis-printer.ts';
import { planPrint } from '../../drivers/printer/evolis/print-plan.ts';
import { changeRibbon, loadFeeder } from '../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../simulator/machine/card-path-ribbon.ts';
import { openSimulatedPrinter } from '../support/simulated-printer.ts';
import { figure, line, sample } from './measure.ts';

const ROUNDS = 20;

/** A real card's panels into commands, and the commands through TCP into a simulated printer that moves at once; against zlib. */
export async function benchPrinter(image: CardImage, say: (text: string) => void): Promise<void> {
  const commands = planPrint(image, 'ymcko', 128);
  const sent = commands.reduce((bytes, command) => bytes + writeCommand(command).length, 0);
  const panels = commands.filter(({ payload }) => payload !== undefined);
  const plain = panels.reduce((bytes, { params }) => bytes + packedLength(evolis300Dpi, params[1] === '2' ? 2 : 128), 0);
  const made = await sample(ROUNDS, async () => Promise.resolve(planPrint(image, 'ymcko', 128)));
  const raw = Buffer.concat([image.front, ...(image.back === undefined ? [] : [image.back])].flatMap(({ y, m, c, k, overlay }) => [y, m, c, k, overlay].filter((panel) => panel !== undefined)));
  const zipped = await sample(ROUNDS, async () => Promise.resolve(deflateSync(raw, { level: 1 })));
  say(line(`a card's ${String(panels.length)} panels turned, levelled, compressed`, figure(made), { name: 'zlib level 1 over the same dots', ratio: made.medianMs / zipped.medianMs }));
  say(line('bytes sent for a card', `${String(sent)} (${((100 * sent) / plain).toFixed(1)} % of ${String(plain)} uncompressed)`));
  await benchPrint(image, say);
}

async function benchPrint(image: CardImage, say: (text: string) => void): Promise<void> {
  const limit: Wait = { signal: new AbortController().signal, timeoutMs: 60_000 };
  const { front, holder } = await openSimulatedPrinter();
  await using _front = front;
  await using printer = await openEvolisPrinter({ connect: async (wait) => openTcpPort({ host: front.host, port: front.port, clock: systemClock }, wait), clock: systemClock }, limit);
  await printer.prepare(limit);
  holder.update((path) => changeRibbon(path, newRibbon('ymcko', 1000)));
  const printed = await sample(ROUNDS, async () => {
    holder.update((path) => loadFeeder({ ...path, output: [] }, [{ id: 'bench' }]));
    await printer.feed('contactless', limit);
    await printer.print(image, limit);
    await printer.eject('output', limit);
  });
  say(line('a card made, compressed, sent, decoded there', figure(printed)));
}
