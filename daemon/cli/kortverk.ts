#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { CommandRegistration } from './command.ts';
import { registerBackup } from './backup.ts';
import { registerBatch } from './batch.ts';
import { registerBatches } from './batches.ts';
import { registerCalibrate } from './calibrate.ts';
import { registerCard } from './card.ts';
import { registerCheck } from './check.ts';
import { registerConfig } from './config.ts';
import { registerDoctor } from './doctor.ts';
import { registerJournal } from './journal.ts';
import { registerKeys } from './keys.ts';
import { registerOrders } from './orders.ts';
import { registerPrinters } from './printers.ts';
import { registerProfiles } from './profiles.ts';
import { registerRender } from './render.ts';
import { registerServe } from './serve.ts';
import { registerSimulate } from './simulate.ts';
import { registerStations } from './stations.ts';
import { registerStatus } from './status.ts';
import { registerStock } from './stock.ts';
import { registerTemplates } from './templates.ts';

/** One entry a command file. Commands load their room only when they run, so that help is quick. */
const registrations: readonly CommandRegistration[] = [
  registerBackup,
  registerBatch,
  registerBatches,
  registerCalibrate,
  registerCard,
  registerCheck,
  registerConfig,
  registerDoctor,
  registerJournal,
  registerKeys,
  registerOrders,
  registerPrinters,
  registerProfiles,
  registerRender,
  registerServe,
  registerSimulate,
  registerStations,
  registerStatus,
  registerStock,
  registerTemplates,
];

const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { readonly version: string };
const program = new Command('kortverk')
  .version(version)
  .enablePositionalOptions()
  .description('The daemon at an ID06 card-production workstation: orders in, finished cards out.')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => { write(`CLI-USAGE: ${text.replace(/^error: /, '')}`); } });
for (const register of registrations) register(program);

// Whoever reads the output may leave early (`| head`): then there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
