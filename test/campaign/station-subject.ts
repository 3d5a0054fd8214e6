import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSimulation, type Simulation } from '../../daemon/compose-simulation.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { SeenCard } from '../../simulator/script/control-protocol.ts';
import { mendMachine } from './campaign-person.ts';
import type { StationEnd, StationPlan } from './station-plan.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const never = new AbortController().signal;
/** A station that cannot go on is started again after this, as its service manager would. */
const restartMs = 300;

/** Where a station's papers lie, for the checker. */
export interface StationFiles {
  readonly stationId: string;
  readonly journal: string;
  readonly store: string;
  readonly plastic: string;
  readonly look: string;
  /** Folder of the chips of every card, a file a card. */
  readonly chips: string;
  /** Folder of the portal's mailbox. */
  readonly mailbox: string;
  /** The certificate authority's account of what it signed. */
  readonly issued: string;
}

/** The orders of one batch, as stations are told them. */
export interface BatchOrders {
  readonly ids: readonly string[];
  readonly paths: readonly string[];
  /** File of the orders that are taken back. */
  readonly withdrawals: string;
  /** Where stations share the orders of which each takes in its part; null where they all know all of them. */
  readonly site: BatchSite | null;
}

/** What the stations of a site have in common while they make the orders of one batch. */
export interface BatchSite {
  readonly keyFile: string;
  /** Orders that come in while others are made. */
  readonly express: ReadonlySet<string>;
  /** Folder in which stations say that their orders are over. */
  readonly overDir: string;
}

export interface StationSubjectOptions {
  readonly dir: string;
  readonly stationId: string;
  readonly stations: readonly string[];
  readonly redisPort: number;
  readonly lockMs: number;
  readonly profilesDir: string;
  readonly say: (line: string) => void;
}

/** A station of a campaign: its machine, its wires, and the process that is killed and started again. */
export class StationSubject implements AsyncDisposable {
  readonly #options: StationSubjectOptions;
  readonly #simulation: Simulation;
  readonly #printer: TcpProxy;
  readonly #redis: TcpProxy;
  #child: ChildProcess | null = null;
  #starts = 0;
  readonly #falls: string[] = [];

  private constructor(options: StationSubjectOptions, simulation: Simulation, printer: TcpProxy, redis: TcpProxy) {
    this.#options = options;
    this.#simulation = simulation;
    this.#printer = printer;
    this.#redis = redis;
  }

  /** Starts or finds the machine of the station and lays its wires; the station itself is started by `produce`. */
  static async open(options: StationSubjectOptions): Promise<StationSubject> {
    const simulation = await openSimulation({ dir: options.dir, timeFactor: 0, profilesDir: options.profilesDir }, systemClock, never);
    return new StationSubject(options, simulation, await openTcpProxy(simulation.endpoints.printer.port), await openTcpProxy(options.redisPort));
  }

  get id(): string {
    return this.#options.stationId;
  }

  get starts(): number {
    return this.#starts;
  }

  /** What the station said last each time when it fell over by itself: the machine, Redis or a wire had gone beyond what it can bear. */
  get falls(): readonly string[] {
    return this.#falls;
  }

  get isUp(): boolean {
    return this.#child !== null;
  }

  get files(): StationFiles {
    const { dir, stationId } = this.#options;
    return { stationId, journal: join(dir, 'station', 'journal.sqlite'), store: join(dir, 'station', 'store', 'orders.sqlite'), plastic: join(dir, 'machine', 'plastic.ndjson'), look: join(dir, 'look.json'), chips: join(dir, 'machine', 'chips'), mailbox: join(dir, 'portal', 'mailbox'), issued: join(dir, 'machine', 'ca', 'issued.ndjson') };
  }

  /** Keeps the station running until it says that every order has come to an end. Gives what it said last. */
  async produce(orders: BatchOrders, deadline: number): Promise<StationEnd> {
    const planFile = join(this.#options.dir, 'plan.json');
    await writeFile(planFile, JSON.stringify(this.#plan(orders)));
    for (;;) {
      const end = await this.#run(planFile);
      if (end !== null && end.pausedFor === null) return end;
      if (Date.now() > deadline) throw new Error(`${this.id} does not come to an end: ${JSON.stringify(end)}; see station.log`);
      if (end?.pausedFor != null) await this.#mend(end.pausedFor);
      await sleep(restartMs);
    }
  }

  /** One life of the station; null when it was killed or fell over. */
  async #run(planFile: string): Promise<StationEnd | null> {
    this.#starts += 1;
    const log = openSync(join(this.#options.dir, 'station.log'), 'a');
    const script = join(packageRoot(), 'dist', 'test', 'campaign', 'campaign-station.js');
    const child = spawn(process.execPath, [script, planFile], { stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    const said: Buffer[] = [];
    child.stdout?.on('data', (bytes: Buffer) => said.push(bytes));
    this.#child = child;
    const [code] = (await once(child, 'exit')) as [number | null];
    this.#child = null;
    if (code !== null && code !== 0) this.#falls.push(lastWords(join(this.#options.dir, 'station.log')));
    const line = Buffer.concat(said).toString('utf8').trim();
    return line === '' ? null : (JSON.parse(line) as StationEnd);
  }

  #plan({ ids, paths, withdrawals, site }: BatchOrders): StationPlan {
    const { dir, stationId, stations, lockMs, profilesDir } = this.#options;
    const place = stations.indexOf(stationId);
    const share = Math.floor(999_999 / stations.length);
    const first = place * share + 1;
    const isOwn = (index: number): boolean => site === null || index % stations.length === place;
    const isExpress = (index: number): boolean => site !== null && site.express.has(ids[index] ?? '');
    const over = (id: string): string => join(site?.overDir ?? '', `over-${id}`);
    return {
      dir, stationId, stations, redisPort: this.#redis.port, printerPort: this.#printer.port, profilesDir, withdrawals, lockMs,
      orderIds: ids.filter((_, index) => isOwn(index)),
      orderPaths: paths.filter((_, index) => isOwn(index) && !isExpress(index)),
      cardNumbers: { prefix: 'BB', first, last: first + share - 1 },
      site: site === null ? null : { keyFile: site.keyFile, expressPaths: paths.filter((_, index) => isOwn(index) && isExpress(index)), over: over(stationId), allOver: stations.map(over) },
    };
  }

  /** What a person does at a machine that the station itself could not go on with. */
  async #mend(reason: string): Promise<void> {
    this.#options.say(`${this.id} waits for a person: ${reason}`);
    await mendMachine(this.#simulation.control, reason);
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async freeze(durationMs: number): Promise<void> {
    const child = this.#child;
    child?.kill('SIGSTOP');
    await sleep(durationMs);
    child?.kill('SIGCONT');
  }

  async cutPrinter(durationMs: number): Promise<void> {
    await this.#printer.cut(durationMs);
  }

  async cutRedis(durationMs: number): Promise<void> {
    await this.#redis.cut(durationMs);
  }

  /** `kill -9` of pcscd; the system starts it anew a moment later. */
  async killCardService(restMs: number): Promise<void> {
    const { control } = this.#simulation;
    await control.ask<'kill-card-service'>({ do: 'kill-card-service' });
    await sleep(restMs);
    await control.ask<'start-card-service'>({ do: 'start-card-service' });
  }

  /** `kill -9` of one of the station's reader processes. False when none runs now. */
  killReader(which: number): boolean {
    const readers = childrenOf(this.#child?.pid ?? 0).filter((pid) => commandOf(pid).includes('pcsc-reader-process'));
    const pid = readers[which % Math.max(readers.length, 1)];
    if (pid === undefined) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  async armFault(fault: string): Promise<void> {
    await this.#simulation.control.ask<'arm-fault'>({ do: 'arm-fault', fault });
  }

  /** Faults that waited for a chance and did not get one stop being a threat. */
  async disarm(): Promise<void> {
    const { control } = this.#simulation;
    const { armedFaults } = await control.ask<'status'>({ do: 'status' });
    // One name of the authority's ends whatever fault it has.
    for (const fault of new Set([...armedFaults, 'ca-away'])) await control.ask<'disarm-fault'>({ do: 'disarm-fault', fault });
  }

  /** What a person with a desk reader sees in the trays, kept for the checker. */
  async look(): Promise<readonly SeenCard[]> {
    const { cards } = await this.#simulation.control.ask<'look'>({ do: 'look' });
    await writeFile(this.files.look, JSON.stringify(cards));
    return cards;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#printer[Symbol.asyncDispose]();
    await this.#redis[Symbol.asyncDispose]();
    await this.#simulation.stopOwnMachine();
    await this.#simulation[Symbol.asyncDispose]();
  }
}

function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  return lines.findLast((line) => /^[A-Za-z]*(?:Fault|Error)\b/.test(line.trim())) ?? lines.slice(-4).join(' ');
}

function childrenOf(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(path)) return [];
  const children = readFileSync(path, 'utf8').trim().split(' ').filter((text) => text !== '').map(Number);
  return children.flatMap((child) => [child, ...childrenOf(child)]);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}
