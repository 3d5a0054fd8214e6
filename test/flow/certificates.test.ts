import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCore } from '../../daemon/compose-core.ts';
import { openSimulation } from '../../daemon/compose-simulation.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { endMachine, runKillLoop } from '../campaign/kill-loop.ts';
import { FaultBench, inWords } from '../faults/fault-bench.ts';
import { takeCertificateAccount, type CertificateAccount } from '../support/certificate-account.ts';

const never = new AbortController().signal;

/** The rule: what the authority signed, less what was asked to be revoked, stands in the chips of good cards; nothing else does. */
function expectBalance({ issued, revoked, onGoodCards }: CertificateAccount): void {
  expect(issued.filter((serial) => !revoked.includes(serial)).toSorted()).toEqual(onGoodCards.toSorted());
  expect(onGoodCards.filter((serial) => revoked.includes(serial))).toEqual([]);
}

describe('no certificate lives without a good card', () => {
  it('over cards that were scrapped in the middle of their issue, and authorities that misbehave', { timeout: 300_000 }, async () => {
    await using bench = await FaultBench.open();
    const disasters = [[], ['ca-lost-answer@3'], ['ca-wrong-policy@2'], ['ca-wrong-key@1'], ['ca-garbled@2'], ['ca-refuse@1'], ['card-gone@contact:30'], ['card-gone@contact:60'], ['card-torn@contact:6'], ['card-torn@contact:9'], ['jam-at-print@1']] as const;
    for (const faults of disasters) {
      const orderId = await bench.newOrder('piv', 2);
      await bench.arm(...faults);
      const story = await bench.attend(orderId, await bench.produce(orderId));
      expect(inWords(story.at(-1) ?? { kind: 'held', attempt: 0, question: 'none' }), faults.join()).toBe('finished');
    }
    const account = await takeCertificateAccount(bench.core, bench.simulation.control, bench.simulation.endpoints.folder);
    process.stdout.write(`certificates: ${account.issued.length} issued, ${account.revoked.length} revoked, ${account.onGoodCards.length} on good cards\n`);
    expect(account.onGoodCards).toHaveLength(2 * disasters.length);
    expect(account.revoked.length).toBeGreaterThan(2);
    expectBalance(account);
  });

  it('over daemons killed with -9 while they issue', { timeout: 300_000 }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kv-certificates-'));
    try {
      const orderIds = ['ID06-10001', 'ID06-10002', 'ID06-10003', 'ID06-10004'];
      const orderPaths = orderIds.map((orderId) => join(packageRoot(), 'samples', 'batch', `${orderId}.json`));
      const report = await runKillLoop({ dir, orderPaths, kills: 12, seed: 20_261_123, mostRecords: 40, longestLifeMs: 20_000, timeFactor: 0 });
      expect(report.lastExit).toBe(0);
      await using simulation = await openSimulation({ dir, timeFactor: 0, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, never);
      await using opened = await openCore(simulation.config, systemClock, { effect: () => undefined, crosschecked: () => undefined }, never);
      const account = await takeCertificateAccount(opened.core, simulation.control, simulation.endpoints.folder);
      process.stdout.write(`certificates over ${report.killsDealt} kills: ${account.issued.length} issued, ${account.revoked.length} revoked, ${account.onGoodCards.length} on good cards\n`);
      expect(account.onGoodCards.length).toBeGreaterThanOrEqual(orderIds.length);
      expectBalance(account);
    } finally {
      await endMachine(dir);
      await rm(dir, { recursive: true, force: true });
    }
  });
});
