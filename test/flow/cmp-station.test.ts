import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCore } from '../../daemon/compose-core.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { openSimulation } from '../../daemon/compose-simulation.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import { produceOrder } from '../../daemon/produce/produce-order.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import { knownOrders } from '../../daemon/station/known-orders.ts';
import { loadOrder } from '../../daemon/station/load-order.ts';
import { nobodyThere } from '../../daemon/station/attendant.ts';
import { recoverAttempts } from '../../daemon/station/recover-attempts.ts';
import type { StationCore } from '../../daemon/station/station-rooms.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { openCmpServer } from '../../simulator/ca/cmp-server.ts';
import { simulatedPerson } from '../../simulator/script/simulated-person.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { inWords } from '../faults/fault-bench.ts';

const never = new AbortController().signal;
const nobodyWatches = { effect: (): void => undefined, crosschecked: (): void => undefined };

it('a station that speaks CMP makes cards, scraps some, and has the certificates of the scrapped ones revoked by itself, also those that it never saw', { timeout: 240_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kv-cmp-'));
  try {
    await using authority = await openCmpServer({ dir: join(dir, 'cmp'), port: 0, clock: systemClock, protection: { kind: 'signature' } });
    await writeFile(join(dir, 'chain.pem'), authority.chainPem);
    await using simulation = await openSimulation({ dir: join(dir, 'station'), timeFactor: 0, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, never);
    const credential = { kind: 'certificate', certificateFile: authority.clientCertificatePath, keyFile: authority.clientKeyPath } as const;
    const certificateAuthority = { protocol: 'cmp', url: authority.url, chainFile: join(dir, 'chain.pem'), credential } as const;
    await using opened = await openCore({ ...simulation.config, certificateAuthority }, systemClock, nobodyWatches, never);
    const { core } = opened;
    const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(simulation.config.site, core.profiles, core.renderer, knownOrders(core.store), systemClock));
    const samples = accepted.filter(({ order }) => order.card.technologyProfile === 'PIVC').slice(0, 2);
    acceptOrders(core.store, samples);
    const [first, second] = samples.map(({ order }) => order.orderId);
    if (first === undefined || second === undefined) throw new Error('no two sample orders for a card with PIV alone');
    await simulatedPerson(simulation.control).fillFeeder('piv', 4, 'LOT-CMP');
    const produce = async (orderId: string, fence: number, signal = never): Promise<string> => {
      const { claimed, kind } = loadOrder(core, orderId, fence, signal);
      return inWords(await produceOrder(core.parts, claimed, kind, signal));
    };
    const cardSerials = (): readonly string[] => authority.issued().filter(({ profile }) => profile !== 'content-signing').map(({ serial }) => serial.toLowerCase());

    expect(await produce(first, 1)).toBe('finished');
    expect(cardSerials()).toHaveLength(2);

    // The station dies while the authority signs the second certificate: it lives, and no station ever saw it.
    authority.setFault({ name: 'slow', delayMs: 400 });
    const death = new AbortController();
    const dying = produce(second, 2, death.signal).then(() => 'no death', () => 'dead');
    const asked = (): boolean => core.journal.recordsOf(second).some(({ entry }) => entry.kind === 'effect-intent' && entry.act === 'issue 9E');
    await expect.poll(asked, { timeout: 30_000, interval: 5 }).toBe(true);
    const before = cardSerials().length;
    await new Promise((resolve) => { setTimeout(resolve, 150); });
    death.abort();
    expect(await dying).toBe('dead');
    await expect.poll(() => cardSerials().length, { timeout: 5_000 }).toBe(before + 1);
    authority.setFault(undefined);
    // An answer is lost on the way: the card goes on with a new key, what lives of the old one nobody saw.
    authority.setFault({ name: 'lost-answer', times: 1 });
    expect(await produce(second, 2)).toBe('paused for ENC-CA-UNAVAILABLE');
    expect(await produce(second, 2)).toBe('finished');

    expect(await authority.revoked()).toEqual([]);
    const wishes = core.store.outbox.pending(100).filter(({ kind }) => kind === 'certificate-revocation-wanted').flatMap(({ body }) => (JSON.parse(body) as { certificates: readonly { serial: string | null }[] }).certificates);
    expect(wishes.map(({ serial }) => serial !== null)).toEqual([true, false, false]);
    expect(await recoverAttempts(core, nobodyThere, [], () => undefined, never)).toBeNull();
    const revoked = await authority.revoked();
    const live = cardSerials().filter((serial) => !revoked.includes(serial));
    expect(core.store.outbox.pending(100).map(({ kind }) => kind)).not.toContain('certificate-revocation-wanted');
    const onCards = [first, second].flatMap((orderId) => certificatesOfGoodCard(core, orderId));
    expect(live.toSorted()).toEqual(onCards.toSorted());
    expect(live).toHaveLength(4);
  } finally {
    await endMachine(join(dir, 'station'));
    await rm(dir, { recursive: true, force: true });
  }
});

/** Serial numbers of the certificates that stand on the card that became good, as the journal names them. */
function certificatesOfGoodCard({ journal }: StationCore, orderId: string): readonly string[] {
  const records = journal.recordsOf(orderId);
  const finished = records.findLast(({ entry }) => entry.kind === 'settled' && entry.outcome === 'finished')?.attempt;
  return records.flatMap(({ attempt, entry }) => (attempt === finished && entry.kind === 'effect-done' && entry.data?.['issued'] === 'kept' ? [String(entry.data['serial']).toLowerCase()] : []));
}
