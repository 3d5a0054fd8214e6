import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import type { MachineEndpoints } from '../../simulator/machine/endpoints.ts';
import { openControl, type Control } from '../../simulator/script/control-client.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { startProgram, type ChildProgram } from '../support/child-program.ts';
import { kortverk } from '../support/kortverk-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const samples = join(packageRoot(), 'samples', 'batch');
const orderIds = ['ID06-10003', 'ID06-10004', 'ID06-10008'];

/** Three PIV orders with their pictures. */
async function threeOrders(folder: string): Promise<string> {
  const orders = join(folder, 'orders');
  await mkdir(orders);
  for (const kind of ['photos', 'logos']) await cp(join(samples, kind), join(orders, kind), { recursive: true });
  for (const orderId of orderIds) await cp(join(samples, `${orderId}.json`), join(orders, `${orderId}.json`));
  return orders;
}

async function untilLine(program: ChildProgram, pattern: RegExp): Promise<void> {
  while (!program.lines.some((line) => pattern.test(line))) {
    const count = program.lines.length;
    await program.untilLines(count + 1);
    if (program.lines.length === count) throw new Error(`ended without ${String(pattern)}: ${program.lines.join('\n')}`);
  }
}

/** Waits until the machine has a card inside. */
async function untilInside(control: Control): Promise<void> {
  for (let look = 0; look < 400; look += 1) {
    if ((await control.ask<'status'>({ do: 'status' })).inside !== null) return;
    await pause(25);
  }
  throw new Error('no card came into the machine');
}

const summaryOf = ({ lines }: ChildProgram): string | undefined => lines.find((line) => line.startsWith('Produced'));

test('a batch over the vendor service: not begun with too short a ribbon; alone on its folder; SIGTERM finishes the card in the machine; a kill in the middle of a card is settled by the next run', { timeout: 240_000 }, async () => {
  await using folder = await temporaryFolder('interrupted');
  const dir = join(folder.path, 'var');
  await using machine = startProgram('daemon/cli/kortverk', ['simulate', 'station', '--dir', join(dir, 'machine'), '--protocol', 'espf', '--ribbon', 'ymcko:5', '--time-factor', '0.03']);
  await untilLine(machine, /^}/);
  const endpoints = JSON.parse(machine.lines.join('\n')) as MachineEndpoints;
  expect(endpoints).toMatchObject({ printerProtocol: 'espf', printerName: 'Evolis Primacy 2 Duplex' });
  await using control = await openControl(endpoints.controlSocket, systemClock);
  const args = ['batch', await threeOrders(folder.path), '--simulate', '--dir', dir];
  const start = (): ChildProgram => startProgram('daemon/cli/kortverk', args);

  await using refused = start();
  expect(await refused.ended()).toBe(1);
  expect(refused.lines.join('\n')).toContain('The batch was not begun: PRN-RIBBON-SHORT [bench.printer]: The ribbon is enough for 2 cards, but 3 are to be made.');
  expect(refused.lines.join('\n')).toContain('Färgbandet räcker till 2 kort, men 3 ska göras.');
  expect(summaryOf(refused)).toContain('Produced 0, already produced 0, refused 0, held 0, waiting 3 ');
  await control.ask<'change-ribbon'>({ do: 'change-ribbon', type: 'ymcko', sets: 60 });

  await using first = start();
  await untilLine(first, /^\[1\/3\].*produced/);
  await using second = start();
  expect(await second.ended()).toBe(1);
  first.kill('SIGTERM');
  expect(await first.ended()).toBe(1);
  const made = first.lines.filter((line) => / produced .*UID/.test(line)).length;
  expect(made).toBeGreaterThanOrEqual(1);
  expect(made).toBeLessThan(3);
  expect(summaryOf(first)).toContain(`Produced ${made}, already produced 0, refused 0, held 0, waiting ${3 - made} `);
  expect(first.lines.join('\n')).toContain('Ended early: STA-ABORTED');

  await using killed = start();
  await untilInside(control);
  killed.kill('SIGKILL');
  expect(await killed.ended()).toBeNull();

  // Another order's batch while a card of the killed one lies in the machine: each blank is counted where it was issued.
  await using other = startProgram('daemon/cli/kortverk', ['batch', join(samples, 'ID06-10012.json'), ...args.slice(2)]);
  expect(await other.ended()).toBe(0);
  expect(other.lines.filter((line) => /^\[(1\/1|earlier)\].* produced/.test(line))).toHaveLength(2);
  expect(other.lines.join('\n')).toContain(': the counts close.');

  await using last = start();
  expect(await last.ended()).toBe(0);
  expect(last.lines.filter((line) => /^\[.*(already )?produced/.test(line))).toHaveLength(3);
  const batches = JSON.parse((await kortverk('batches', 'list', '--json', '--config', join(dir, 'kortverk.json'))).out) as readonly { readonly state: string; readonly signature: unknown }[];
  expect(batches.map(({ state, signature }) => [state, signature])).toEqual(batches.map(() => ['CLOSED', null]));
  const plastic = checkPlastic(join(dir, 'machine', 'plastic.ndjson'), join(dir, 'station', 'journal.sqlite'), [...orderIds, 'ID06-10012']);
  expect(plastic).toMatchObject({ violations: [], good: 4 });
  expect(plastic.fed).toBe(4 + plastic.rejected);
  for (const orderId of orderIds) expect(await readFile(join(dir, 'results', 'cards', orderId, 'attempt.json'), 'utf8')).toContain('"crosschecked"');
  machine.kill('SIGTERM');
  expect(await machine.ended()).toBe(0);
});

test('a station with a Magicard says that it has no chip stations, begins no batch of chip cards, and fails their profiles', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder('print-only');
  const dir = join(folder.path, 'var');
  await using machine = startProgram('daemon/cli/kortverk', ['simulate', 'station', '--dir', join(dir, 'machine'), '--protocol', 'magicard', '--time-factor', '0']);
  await untilLine(machine, /^}/);
  const refused = await kortverk('batch', await threeOrders(folder.path), '--simulate', '--dir', dir);
  expect(refused).toMatchObject({ exit: 1 });
  expect(refused.out + refused.err).toContain('The batch was not begun: PRN-CAPABILITY [id06-piv version 1]: The printer cannot make this card type.');
  const checked = await kortverk('profiles', 'check', '--config', join(dir, 'kortverk.json'));
  expect(checked.exit).toBe(1);
  expect(checked.out.match(/PRN-CAPABILITY id06-\S+ version 1: .*\(Enduro Duo: no contactless station, no contact station\)/g)).toHaveLength(5);
  expect((await kortverk('config', 'check', join(dir, 'kortverk.json'))).out).toContain('(no chip stations, duplex)');
  await using control = await openControl((JSON.parse(machine.lines.join('\n')) as MachineEndpoints).controlSocket, systemClock);
  expect(await control.ask<'status'>({ do: 'status' })).toMatchObject({ inside: null });
});
