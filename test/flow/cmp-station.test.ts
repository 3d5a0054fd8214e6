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
import { revokeWaiting } from '../../daemon/station/revoke-certificates.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { openCmpServer } from '../../simulator/ca/cmp-server.ts';
import { simulatedPerson } from '../../simulator/script/simulated-person.ts';
import { endMachine } from '../campaign/kill-loop.ts';
import { inWords } from '../faults/fault-bench.ts';

const never = new AbortController().signal;
const nobodyWatches = { effect: (): void => undefined, crosschecked: (): void => undefined };

it('a station that speaks CMP makes a card, scraps one, and has the certificates of the scrapped one revoked by itself', { timeout: 240_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kv-cmp-'));
  try {
    await using authority = await openCmpServer({ dir: join(dir, 'cmp'), port: 0, clock: systemClock, reference: 'station-1', secret: 'a shared secret' });
    await writeFile(join(dir, 'cmp.secret'), 'a shared secret\n');
    await writeFile(join(dir, 'chain.pem'), authority.chainPem);
    await using simulation = await openSimulation({ dir: join(dir, 'station'), timeFactor: 0, profilesDir: join(packageRoot(), 'samples', 'profiles') }, systemClock, never);
    const certificateAuthority = { protocol: 'cmp', url: authority.url, chainFile: join(dir, 'chain.pem'), credential: { kind: 'secret', reference: 'station-1', secretFile: join(dir, 'cmp.secret') } } as const;
    await using opened = await openCore({ ...simulation.config, certificateAuthority }, systemClock, nobodyWatches, never);
    const { core } = opened;
    const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(simulation.config.site, core.profiles, core.renderer, knownOrders(core.store), systemClock));
    const sample = accepted.find(({ order }) => order.card.technologyProfile === 'PIVC');
    if (sample === undefined) throw new Error('no sample order for a card with PIV alone');
    acceptOrders(core.store, [sample]);
    await simulatedPerson(simulation.control).fillFeeder('piv', 2, 'LOT-CMP');
    // Behind the first certificate and before the second.
    await simulation.control.ask<'arm-fault'>({ do: 'arm-fault', fault: 'card-gone@contact:45' });
    const { claimed, kind } = loadOrder(core, sample.order.orderId, 1, never);
    expect(inWords(await produceOrder(core.parts, claimed, kind, never))).toBe('finished');

    const cardSerials = authority.issued().filter(({ profile }) => profile !== 'content-signing').map(({ serial }) => serial.toLowerCase());
    expect(authority.revoked()).toEqual([]);
    await revokeWaiting(core, never);
    const live = cardSerials.filter((serial) => !authority.revoked().includes(serial));
    expect(cardSerials.length).toBeGreaterThan(2);
    expect(live).toHaveLength(2);
    expect(core.store.outbox.pending(100).map((event) => event.kind)).toContain('certificate-revoked');
    const finished = core.journal.recordsOf(sample.order.orderId).flatMap(({ attempt, entry }) => (entry.kind === 'settled' && entry.outcome === 'finished' ? [attempt] : []));
    const onCard = core.journal.recordsOf(sample.order.orderId).flatMap(({ attempt, entry }) => (attempt === finished[0] && entry.kind === 'effect-done' && entry.act.startsWith('certificate ') ? [String(entry.data?.['serial']).toLowerCase()] : []));
    expect(live).toEqual(onCard);
  } finally {
    await endMachine(join(dir, 'station'));
    await rm(dir, { recursive: true, force: true });
  }
});
