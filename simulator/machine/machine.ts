import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { openCaServer } from '../ca/ca-server.ts';
import { cardPngs } from '../printer/card-picture.ts';
import { openFront } from '../printer/open-front.ts';
import { openControlServer } from '../script/control-server.ts';
import { Mechanics } from './card-path-mechanics.ts';
import { computerCardService, mayRunPrivateService, openPrivateCardService, type CardService } from './card-service.ts';
import { cardMaker } from './card-maker.ts';
import { ChipStations } from './chip-stations.ts';
import { removeEndpoints, writeEndpoints, type MachineEndpoints, type PrinterProtocol } from './endpoints.ts';
import type { CardMaker } from './living-card.ts';
import { holdFolder } from './folder-hold.ts';
import { MachineControl } from './machine-control.ts';
import type { Blank } from './plastic-event.ts';
import { PlasticStore } from './plastic-store.ts';
import { ScaledClock } from './scaled-clock.ts';

export interface MachineOptions {
  /** Keeps the plastic between runs; made when it is not there. One machine at a time. */
  readonly folder: string;
  readonly clock: Clock;
  /** 1 moves as slowly as a real printer, 0 at once. */
  readonly timeFactor: number;
  /** The printer's address; loopback and a port of the system's choice unless given. */
  readonly printer?: { readonly host: string; readonly port: number };
  /** What the printer speaks; the escape language unless given. */
  readonly printerProtocol?: PrinterProtocol;
  readonly printerModel?: string | undefined;
  /** `private`: a card service of its own; `computer`: Debian's entry of vpcd in the computer's; `auto`: private where this user may. */
  readonly cardService?: 'private' | 'computer' | 'auto';
  /** Whether a certificate authority runs with it. */
  readonly ca?: boolean;
  /** Makes chips run; the real models unless given. */
  readonly makeCard?: CardMaker;
  /** Told what the machine could not keep to itself: a chip that broke its rules, a card service that did not come back. */
  readonly onTrouble?: (fault: StationFault) => void;
}

/** A running machine. `stopping` fires when someone asks it to end through the control protocol. */
export interface Machine extends AsyncDisposable {
  readonly endpoints: MachineEndpoints;
  readonly stopping: AbortSignal;
}

/** Readers as they stand in such machines: names choose a reader's profile. */
const readerNames = ['HID Global OMNIKEY 5022 Smart Card Reader', 'HID Global OMNIKEY 3x21 Smart Card Reader'] as const;
/** Linux takes 107 bytes for the path of a unix socket; `pcscd.comm` and a slash go off. */
const maxRunPathBytes = 90;
const serviceRestMs = 1000;

/**
 * Opens the machine: feeder, card path, hoppers, printer port, card service and readers, certificate authority, and
 * its control socket, around the plastic in its folder (design section 5). Publishes `endpoints.json` in the folder.
 * Throws `CFG-MISSING-PROGRAM`, `LNK-SERVICE-GONE`, `SIM-INVALID`.
 */
export async function openMachine(options: MachineOptions): Promise<Machine> {
  await using opened = new DisposalStack();
  const folder = resolve(options.folder);
  await mkdir(join(folder, 'pictures'), { recursive: true });
  opened.use(await holdFolder(folder));
  const run = await runFolder(folder, opened);
  const clock = new ScaledClock(options.clock, options.timeFactor);
  const store = opened.use(PlasticStore.open(folder, options.clock));
  const service = opened.use(await openCardService(options, run));
  const [contactless, contact] = service.readers;
  if (contactless === undefined || contact === undefined) throw new StationFault('STA-BUG', { note: 'a card service without two readers' });
  const onTrouble = options.onTrouble ?? ((): void => undefined);
  const stations = opened.use(new ChipStations({
    store,
    makeCard: options.makeCard ?? cardMaker(contactless.name),
    ports: { contactless: contactless.port, contact: contact.port },
    onServiceDeath: () => { void restService(service, options.clock, onTrouble); },
    onTrouble,
  }));
  const printerProtocol = options.printerProtocol ?? 'evolis';
  const place = { model: options.printerModel, host: options.printer?.host ?? '127.0.0.1', port: options.printer?.port ?? 0 };
  const front = opened.use(await openFront<Blank>(printerProtocol, openMechanics(store, clock, folder), place));
  const ca = options.ca === false ? null : opened.use(await openCaServer({ dir: join(folder, 'ca'), port: 0, clock: options.clock }));
  const stopping = new AbortController();
  const control = new MachineControl({ store, stations, service, clock, ca, stop: () => stopping.abort() });
  const controlSocket = join(run, 'control.sock');
  opened.use(await openControlServer({ socketPath: controlSocket, serve: (request) => control.serve(request) }));
  const endpoints: MachineEndpoints = {
    pid: process.pid,
    folder,
    printer: { host: front.host, port: front.port },
    printerProtocol,
    printerName: front.name,
    cardServiceSocket: service.socketPath,
    readers: { contactless: contactless.name, contact: contact.name },
    controlSocket,
    ca: ca === null ? null : { url: ca.url, trustAnchorFile: ca.rootPath, clientCertificateFile: ca.clientCertificatePath, clientKeyFile: ca.clientKeyPath },
  };
  await writeEndpoints(folder, endpoints);
  opened.defer(() => removeEndpoints(folder));
  const held = opened.move();
  return { endpoints, stopping: stopping.signal, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}

function openMechanics(store: PlasticStore, clock: ScaledClock, folder: string): Mechanics<Blank> {
  return new Mechanics<Blank>({
    holder: store,
    clock,
    timeFactor: 1,
    onLeaving: async (card, marks) => {
      const pictures = await cardPngs(marks);
      await writeFile(join(folder, 'pictures', `${card.uid}-front.png`), pictures.front);
      await writeFile(join(folder, 'pictures', `${card.uid}-back.png`), pictures.back);
    },
  });
}

/** A folder for sockets: within the machine's own, or beside the system's temporary files where that path is too long for a socket. */
async function runFolder(folder: string, opened: DisposalStack): Promise<string> {
  const within = join(folder, 'run');
  if (Buffer.byteLength(within) <= maxRunPathBytes) {
    await mkdir(within, { recursive: true });
    return within;
  }
  const elsewhere = await mkdtemp(join(tmpdir(), 'kortverk-'));
  opened.defer(() => rm(elsewhere, { recursive: true, force: true }));
  return elsewhere;
}

async function openCardService(options: MachineOptions, run: string): Promise<CardService> {
  const choice = options.cardService ?? 'auto';
  if (choice === 'private' || (choice === 'auto' && (await mayRunPrivateService()))) {
    return openPrivateCardService({ folder: run, readerNames, clock: options.clock });
  }
  if (!existsSync('/run/pcscd/pcscd.comm')) throw new StationFault('LNK-SERVICE-GONE', { note: "no private card service may be started here, and the computer's own does not run" });
  return computerCardService();
}

/** The service falls over in the middle of an exchange, and the system starts it anew. */
async function restService(service: CardService, clock: Clock, onTrouble: (fault: StationFault) => void): Promise<void> {
  try {
    await service.kill();
    await clock.sleep(serviceRestMs, new AbortController().signal);
    await service.start();
  } catch (error) {
    onTrouble(new StationFault('LNK-SERVICE-GONE', { note: 'the card service did not come back' }, error));
  }
}
