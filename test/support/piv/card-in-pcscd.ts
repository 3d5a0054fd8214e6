import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DisposalStack } from '../../../drivers/contracts/disposal.ts';
import type { SimulatedChip } from '../../../simulator/card/simulated-chip.ts';
import { openPrivateCardService } from '../../../simulator/machine/card-service.ts';
import { VpcdSlot } from '../../../simulator/reader/vpcd-slot.ts';

/** How a program ended and what it said. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A private card service with one reader and a chip in it, for programs that know nothing of this project. */
export interface CardInPcscd extends AsyncDisposable {
  /** A folder for the programs' files. */
  readonly folder: string;
  readonly readerName: string;
  readonly socketPath: string;
  readonly slot: VpcdSlot;
  run(program: string, args: readonly string[], input?: Buffer): Promise<ProgramResult>;
  /** Takes the present chip out and puts another in. */
  exchange(chip: SimulatedChip): Promise<void>;
}

const programTimeoutMs = 60_000;
/** pcscd looks for a card every 400 ms. */
const noticeMs = 900;

/** Starts the service and waits until a client sees the card. */
export async function openCardInPcscd(chip: SimulatedChip): Promise<CardInPcscd> {
  await using stack = new DisposalStack();
  const folder = await mkdtemp(join(tmpdir(), 'kv-piv-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const service = stack.use(await openPrivateCardService({ folder, readerNames: ['Kortverk Contact'] }));
  const reader = service.readers[0];
  if (reader === undefined || service.socketPath === null) throw new Error('a private service has readers and a socket');
  const slot = stack.use(new VpcdSlot({ port: reader.port, onTrouble: (fault) => { throw fault; } }));
  slot.insert(chip);
  await wait(noticeMs);
  const own = stack.move();
  const socketPath = service.socketPath;
  return {
    folder,
    readerName: reader.name,
    socketPath,
    slot,
    run: (program, args, input) => runProgram(program, args, { socketPath, folder, input: input ?? null }),
    async exchange(next) {
      slot.remove();
      await wait(noticeMs);
      slot.insert(next);
      await wait(noticeMs);
    },
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}

function runProgram(program: string, args: readonly string[], where: { readonly socketPath: string; readonly folder: string; readonly input: Buffer | null }): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PCSCLITE_CSOCK_NAME: where.socketPath, HOME: where.folder };
    const child = execFile(program, [...args], { env, cwd: where.folder, timeout: programTimeoutMs }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(new Error(`${program} did not run: ${error.message}`, { cause: error }));
      else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(where.input ?? undefined);
  });
}
