import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { openOrderStore } from '../../queue/store/sqlite-order-store.ts';
import { startProgram } from '../support/child-program.ts';
import { cutPower, onDiskModel, startFromDisk } from '../support/power-cut/power-cut.ts';
import { powerCutSuite } from '../support/power-cut/power-cut-suite.ts';
import { dataKey, photoOf } from '../support/queue/stored-orders.ts';

const cuts = 5;

describe('An order store and a mailbox on a disk that loses power', () => {
  const suite = powerCutSuite();

  it(`have every acknowledged order with its picture, and every acknowledged message, after each of ${cuts} cuts`, async () => {
    for (let cut = 1; cut <= cuts; cut += 1) {
      const dir = join(suite.folder.path, `cut-${cut}`);
      const kept = join(suite.memory.path, 'kept');
      await startFromDisk(dir, kept);
      await using writer = startProgram('test/support/queue/order-writer', [join(dir, 'here')], { wrapper: onDiskModel(suite.library, kept) });
      await writer.untilLines(6 * cut);
      writer.kill('SIGKILL');
      await writer.ended();
      await cutPower(dir, kept);
      const acknowledged = Number(writer.lines.at(-1));
      expect(acknowledged).toBeGreaterThanOrEqual(6 * cut);
      using store = openOrderStore({ dir: join(dir, 'store'), dataKey: dataKey(), clock: systemClock });
      const orderIds = Array.from({ length: acknowledged }, (_, index) => `O${index + 1}`);
      expect(orderIds.map((orderId) => Buffer.from(store.getPayload(orderId)?.files[0]?.bytes ?? []).equals(photoOf(orderId)))).not.toContain(false);
      expect(orderIds.filter((orderId) => !store.summaryOf(orderId))).toEqual([]);
      expect(await messagesIn(join(dir, 'mailbox'))).toEqual(expect.arrayContaining(orderIds));
    }
  });
});

/** The orders of the whole messages; what was never acknowledged may be torn. */
async function messagesIn(mailbox: string): Promise<readonly string[]> {
  const texts = await Promise.all((await readdir(mailbox)).map((name) => readFile(join(mailbox, name), 'utf8')));
  return texts.flatMap((text) => (text.endsWith('}\n') ? [(JSON.parse(text) as { readonly orderId: string }).orderId] : []));
}
