import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { checkPlastic } from '../campaign/plastic-checker.ts';
import { startProgram, type ChildProgram } from '../support/child-program.ts';
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

test('a second run on the same folder is refused and harms nothing; SIGTERM finishes the card in the machine; the next run makes the rest', { timeout: 240_000 }, async () => {
  await using folder = await temporaryFolder('interrupted');
  const dir = join(folder.path, 'var');
  await using _machine = { [Symbol.asyncDispose]: () => endMachine(dir) };
  const args = ['batch', await threeOrders(folder.path), '--simulate', '--dir', dir, '--time-factor', '0.1'];
  const start = (): ChildProgram => startProgram('daemon/cli/kortverk', args);

  await using first = start();
  await untilLine(first, /^Key made/);
  await untilLine(first, /^\[1\/3\].*produced/);
  await using second = start();
  expect(await second.ended()).toBe(1);
  first.kill('SIGTERM');
  expect(await first.ended()).toBe(1);
  const made = first.lines.filter((line) => / produced .*UID/.test(line)).length;
  expect(made).toBeGreaterThanOrEqual(1);
  expect(made).toBeLessThan(3);
  expect(first.lines.find((line) => line.startsWith('Produced'))).toContain(`Produced ${made}, already produced 0, refused 0, held 0, waiting ${3 - made} `);
  expect(first.lines.join('\n')).toContain('Ended early: STA-ABORTED');

  await using third = start();
  expect(await third.ended()).toBe(0);
  expect(third.lines.find((line) => line.startsWith('Produced'))).toContain(`Produced ${3 - made}, already produced ${made}, refused 0, held 0, waiting 0 `);
  expect(third.lines.filter((line) => line.startsWith('['))).toHaveLength(3);
  expect(checkPlastic(join(dir, 'machine', 'plastic.ndjson'), join(dir, 'station', 'journal.sqlite'), orderIds)).toMatchObject({ violations: [], fed: 3, good: 3, rejected: 0 });
  for (const orderId of orderIds) expect(await readFile(join(dir, 'results', 'cards', orderId, 'attempt.json'), 'utf8')).toContain('"crosschecked"');
});
