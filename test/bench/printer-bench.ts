import { deflateSync } from 'node:zlib';
import { openTcpPort } from '../../drivers/channel/tcp-port.ts';
import { writeCommand, type EvolisCommand } from '../../drivers/codec/evolis-frame.ts';
import { packedLength, rasterSize } from '../../drivers/codec/evolis-geometry.ts';
import type { CardImage, SideImage } from '../../drivers/contracts/card-image.ts';
import { systemClock, type Wait } from '../../drivers/contracts/clock.ts';
import { openEvolisPrinter } from '../../drivers/printer/evolis/evolis-printer.ts';
import { planPrint } from '../../drivers/printer/evolis/print-plan.ts';
import { changeRibbon, loadFeeder } from '../../simulator/machine/card-path-person.ts';
import { newRibbon } from '../../simulator/machine/card-path-ribbon.ts';
import { openSimulatedPrinter } from '../support/simulated-printer.ts';
import { figure, line, sample } from './measure.ts';

const ROUNDS = 20;
const LEVELS = 128;

/** A duplex card's panels into commands, and the commands through TCP into a simulated printer that moves at once; against zlib. */
export async function benchPrinter(image: CardImage, say: (text: string) => void): Promise<void> {
  const commands = planPrint(image, 'ymcko', LEVELS);
  const sides: readonly SideImage[] = [image.front, ...(image.back === undefined ? [] : [image.back])];
  const raw = Buffer.concat(sides.flatMap(({ y, m, c, k, overlay }) => [y, m, c, k, overlay].filter((panel) => panel !== undefined)));
  const made = await sample(ROUNDS, async () => Promise.resolve(planPrint(image, 'ymcko', LEVELS)));
  const zipped = await sample(ROUNDS, async () => Promise.resolve(deflateSync(raw, { level: 1 })));
  const panels = commands.filter(({ payload }) => payload !== undefined);
  say(line(`a ${sides.length === 2 ? 'duplex' : 'simplex'} card's ${String(panels.length)} panels turned, levelled, compressed`, figure(made), { name: 'zlib level 1 over the same dots', ratio: made.medianMs / zipped.medianMs }));
  sayBytes(panels, image.front, say);
  await benchPrint(image, commands, say);
}

/** Bytes of the downloads against those of the same panels uncompressed (`Db`): of dyes, and of K and overlay. */
function sayBytes(panels: readonly EvolisCommand[], { widthDots, heightDots }: SideImage, say: (text: string) => void): void {
  const size = rasterSize({ widthDots, heightDots });
  for (const [name, letters] of [['bytes sent for a card', 'ymcko'], ['  of these for its dyes', 'ymc'], ['  of these for K and overlay', 'ko']] as const) {
    const counted = panels.filter(({ params }) => letters.includes(params[0] ?? ''));
    const sent = counted.reduce((bytes, command) => bytes + writeCommand(command).length, 0);
    const plain = counted.reduce((bytes, { params }) => bytes + packedLength(size, params[1] === '2' ? 2 : LEVELS), 0);
    say(line(name, `${String(sent)} (${((100 * sent) / plain).toFixed(1)} % of ${String(plain)} uncompressed)`));
  }
}

/** Commands alone over the wire, each answered; then whole cards fed, printed and put out. */
async function benchPrint(image: CardImage, commands: readonly EvolisCommand[], say: (text: string) => void): Promise<void> {
  const limit: Wait = { signal: new AbortController().signal, timeoutMs: 60_000 };
  const { front, holder } = await openSimulatedPrinter();
  await using _front = front;
  const connect = async (wait: Wait): ReturnType<typeof openTcpPort> => openTcpPort({ host: front.host, port: front.port, clock: systemClock }, wait);
  await using port = await connect(limit);
  const bytes = commands.map(writeCommand);
  const load = (): void => { holder.update((path) => loadFeeder({ ...changeRibbon(path, newRibbon('ymcko', 1000)), output: [] }, [{ id: 'bench' }])); };
  const sent = await sample(ROUNDS, async () => {
    load();
    holder.update((path) => ({ ...path, inside: null }));
    for (const command of bytes) {
      await port.write(command, limit);
      await port.read(limit);
    }
  });
  holder.update((path) => ({ ...path, inside: null, feeder: [] }));
  say(line('its commands sent and answered', figure(sent)));
  await using printer = await openEvolisPrinter({ connect, clock: systemClock }, limit);
  await printer.prepare(limit);
  const printed = await sample(ROUNDS, async () => {
    load();
    await printer.feed('contactless', limit);
    await printer.print(image, limit);
    await printer.eject('output', limit);
  });
  say(line('a card made, compressed, sent, decoded there', figure(printed)));
}
