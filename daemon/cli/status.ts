import { faultSentence } from '../../drivers/contracts/fault.ts';
import type { BenchReport, StationStatus } from '../station/station-desk.ts';
import { benchLines } from './bench-lines.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';
import { askStation, timeText, withDeskOptions, type DeskOptions } from './desk-options.ts';

/** `kortverk status`, `kortverk go-on`, `kortverk metrics`: what the station does, that its machine was mended, its figures. */
export const registerStatus: CommandRegistration = (program) => {
  withDeskOptions(program.command('status').description('What the station does: orders, the machine, what is late'))
    .action(async (options: DeskOptions) => perform(options, async () => askStation(options, async (desk) => resultOf(await desk.status({}), await desk.bench({})))));
  withDeskOptions(program.command('go-on').description('Tell the daemon that a person mended the machine: it goes on'))
    .action(async (options: DeskOptions) => perform(options, async () => resultOf(await askStation(options, (desk) => desk.goOn({})))));
  withDeskOptions(program.command('metrics').description('Figures of the station and its bench as Prometheus text; a collector asks the daemon for the same'))
    .action(async (options: DeskOptions) => perform(options, async () => {
      const text = await askStation(options, (desk) => desk.metrics({}));
      return { exitCode: 0, json: { text }, lines: [text.trimEnd()] };
    }));
};

function resultOf(status: StationStatus, bench: BenchReport | null = null): CommandResult {
  const { station, serving, current, waitsFor, orders, undelivered, late, impossible } = status;
  const lines = [
    `Station ${station}: ${serving ? 'serving' : 'no daemon runs'}`,
    ...(current === null ? [] : [`In the machine: ${current}`]),
    ...(waitsFor === null ? [] : [`The machine waits (${waitsFor.orderId}): ${waitsFor.reason}: ${faultSentence(waitsFor.reason, 'en')} / ${faultSentence(waitsFor.reason, 'sv')} Then: kortverk go-on`]),
    ...(bench === null ? [] : benchLines(bench)),
    `Orders: ${Object.entries(orders).map(([state, count]) => `${state} ${count}`).join(', ') || 'none'}`,
    `Messages that the portal has not got: ${undelivered}`,
    ...late.map(({ orderId, code, dueAt }) => `${orderId}: ${code}: ${faultSentence(code, 'en')} / ${faultSentence(code, 'sv')} (due ${timeText(dueAt)})`),
    ...impossible.map(({ orderId, code, lacking }) => `${orderId}: ${code}: ${faultSentence(code, 'en', { field: lacking.join(', ') })} / ${faultSentence(code, 'sv', { field: lacking.join(', ') })}`),
  ];
  return { exitCode: 0, json: bench === null ? status : { ...status, bench }, lines };
}
