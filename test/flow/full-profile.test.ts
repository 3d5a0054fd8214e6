import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { openContentSigner, requireSigner } from '../../daemon/compose-content-signer.ts';
import { ruleContext } from '../../daemon/compose-rules.ts';
import { checkOrders } from '../../daemon/intake/check-orders.ts';
import { produceOrder } from '../../daemon/produce/produce-order.ts';
import { acceptOrders } from '../../daemon/station/accept-orders.ts';
import { knownOrders } from '../../daemon/station/known-orders.ts';
import { loadOrder } from '../../daemon/station/load-order.ts';
import { decodeCertificateObject } from '../../drivers/codec/piv-certificate-object.ts';
import { decodeFacialImageObject } from '../../drivers/codec/piv-facial-image.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { certificateOfChuid } from '../../drivers/piv/signed-objects.ts';
import type { PivMemory } from '../../simulator/card/piv/memory.ts';
import { FaultBench, inWords } from '../faults/fault-bench.ts';

const never = new AbortController().signal;

it('makes a card with four keys of three kinds, a portrait and every signature, through every wire', { timeout: 240_000 }, async () => {
  await using bench = await FaultBench.open();
  const { core, simulation } = bench;
  const { accepted } = await checkOrders([join(packageRoot(), 'samples', 'batch')], ruleContext(simulation.config.site, core.profiles, core.renderer, knownOrders(core.store), systemClock));
  const sample = accepted.find(({ order }) => order.card.technologyProfile === 'PIVC');
  if (sample === undefined) throw new Error('no sample order for a card with PIV alone');
  const order = { ...sample.order, orderId: 'FULL-1', card: { ...sample.order.card, profileId: 'id06-piv-full' } };
  acceptOrders(core.store, [{ ...sample, order }]);
  await bench.fill('piv', 1);
  const { claimed, kind } = loadOrder(core, 'FULL-1', 1, never);
  expect(inWords(await produceOrder(core.parts, claimed, kind, never))).toBe('finished');

  const { cards } = await simulation.control.ask<'look'>({ do: 'look' });
  const uid = cards.find(({ place }) => place === 'output')?.uid ?? '';
  const { chips } = await simulation.control.ask<'dump-chips'>({ do: 'dump-chips', uid });
  const { objects, keys } = (chips.find((chip) => chip.kind === 'piv')?.memory ?? {}) as PivMemory;
  const bytes = (id: string): Uint8Array => Uint8Array.from(Buffer.from(objects[id] ?? '', 'hex'));

  expect(Object.entries(keys).map(([slot, key]) => `${slot.toUpperCase()} ${key.algorithm}`).toSorted()).toEqual(['9A P-256', '9C P-384', '9D RSA-2048', '9E P-256']);
  const usages = ['5FC105', '5FC10A', '5FC10B', '5FC101'].map((id) => new X509Certificate(decodeCertificateObject(bytes(id)) ?? '').keyUsage);
  expect(usages).toEqual([['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2'], ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.36'], ['1.3.6.1.5.5.7.3.4'], ['2.16.840.1.101.3.6.8']]);

  const signer = new X509Certificate(await readFile(simulation.config.contentSigner?.certificateFile ?? ''));
  expect(Buffer.from(certificateOfChuid(bytes('5FC102')) ?? []).equals(signer.raw)).toBe(true);
  const face = decodeFacialImageObject(bytes('5FC108'));
  const picture = await sharp(Buffer.from(face?.record.subarray(46) ?? [])).metadata();
  expect([picture.format, picture.width, picture.height]).toEqual(['jpeg', 240, 320]);
  expect(bytes('5FC108').length).toBeLessThanOrEqual(12_710);

  expect(await openContentSigner({ ...simulation.config, contentSigner: undefined }, neverUsed)).toBeNull();
  expect(() => requireSigner(core.profiles.cards, null)).toThrow('CFG-INVALID');
});

/** A station without a content signer asks for nothing of this. */
const neverUsed = new Proxy({}, { get: (_target, name) => { throw new Error(`${String(name)} was asked for`); } }) as Parameters<typeof openContentSigner>[1];
