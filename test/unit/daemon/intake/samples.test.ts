import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleContext } from '../../../../daemon/compose-rules.ts';
import { checkOrders } from '../../../../daemon/intake/check-orders.ts';
import type { IntakeResult } from '../../../../daemon/intake/intake-result.ts';
import { readProfiles } from '../../../../daemon/intake/read-profiles.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import type { OrderUnderCheck } from '../../../../queue/order/order-schema.ts';
import { nothingKnown } from '../../../../queue/rules/rule-context.ts';
import { openRenderer, type CardRenderer } from '../../../../templates/render/card-renderer.ts';
import published from '../../../vectors/swedish-numbers/personnummer.json' with { type: 'json' };
import owners from '../../../vectors/swedish-numbers/organisationsnummer.json' with { type: 'json' };

const samples = join(packageRoot(), 'samples');
const site = { expressPickupPoints: ['STOCKHOLM'], accessories: ['EM_HOLDER', 'EM_FOB', 'EM_CARD'], returnAddress: ['Kortverk', 'Box 1', '111 11 Stockholm'] };
let cacheDir: string;
let renderer: CardRenderer;
let expected: Readonly<Record<string, { readonly outcome: string; readonly codes: readonly string[] }>>;
let orders: readonly OrderUnderCheck[];

async function checkOn(clock: Clock): Promise<IntakeResult> {
  return checkOrders([join(samples, 'batch')], ruleContext(site, await readProfiles({ profilesDir: join(samples, 'profiles'), approversFile: join(samples, 'approvers.json') }), renderer, nothingKnown, clock));
}

const turnedTo = (day: string): Clock => ({ ...systemClock, now: () => Date.parse(`${day}T09:00:00Z`) });

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'kortverk-samples-'));
  renderer = await openRenderer({ cacheDir });
  expected = JSON.parse(await readFile(join(samples, 'expected-outcomes.json'), 'utf8')) as typeof expected;
  const { accepted, refused } = await checkOn(systemClock);
  orders = [...accepted.map(({ order }) => order), ...refused.flatMap(({ order }) => (order === null ? [] : [order]))];
});
afterAll(() => rm(cacheDir, { recursive: true, force: true }));

describe('the sample batch', () => {
  it.each(['today', '2027-12-24', '2040-06-22'])('ends as expected on %s', async (day) => {
    const { accepted, refused } = await checkOn(day === 'today' ? systemClock : turnedTo(day));
    const found = Object.fromEntries([
      ...accepted.map(({ order }) => [order.orderId, { outcome: 'produced', codes: [] }] as const),
      ...refused.map(({ orderId, findings }) => [orderId ?? '?', { outcome: 'refused', codes: [...new Set(findings.map(({ code }) => code))] }] as const),
    ]);
    expect(found).toEqual(expected);
  });

  it('has ten to be produced and four to be refused, each for another reason', () => {
    const refused = Object.values(expected).filter(({ outcome }) => outcome === 'refused');
    expect(Object.keys(expected).length - refused.length).toBeGreaterThanOrEqual(12);
    expect(new Set(refused.map(({ codes }) => codes.join())).size).toBe(refused.length);
    for (const code of ['LOG-TOO-SMALL', 'PER-NUMBER-INVALID', 'APR-HOLDER', 'VAL-TOO-LONG']) expect(refused.flatMap(({ codes }) => codes)).toContain(code);
  });

  it('covers company forms, deliveries, profiles, logos, letters and add-ons', () => {
    const produced = orders.filter(({ orderId }) => expected[orderId]?.outcome === 'produced');
    const all = <T>(value: (order: OrderUnderCheck) => T): readonly T[] => [...new Set(produced.map(value))];
    expect(all(({ company }) => company.form ?? '').toSorted()).toEqual(['AB', 'EKONOMISK_FORENING', 'ENSKILD_FIRMA', 'HB', 'KB']);
    expect(all(({ delivery }) => delivery.mode).length).toBe(2);
    expect(all(({ card }) => card.technologyProfile).length).toBe(2);
    expect(all(({ logo }) => `${String(logo?.use)} ${String(logo?.colour)}`).length).toBe(3);
    expect(produced.some(({ company }) => company.sectorProfileId !== undefined)).toBe(true);
    expect(produced.some(({ accessories }) => accessories.some(({ sku }) => sku === 'EM_FOB'))).toBe(true);
    expect(produced.some(({ card }) => card.validityMonths !== undefined && card.validityMonths < 60)).toBe(true);
    const names = produced.map(({ holder }) => `${holder.firstName} ${holder.lastName}`).join(' ');
    for (const letter of 'åäöłżśąāēņšūėčžõø') expect(names.toLocaleLowerCase('sv'), letter).toContain(letter);
  });

  it('has personal numbers from the published lists only', () => {
    const known = new Set([...published.map((row) => row.long_format), ...published.map((row) => row.separated_format), ...owners.map((row) => row.input)]);
    for (const { holder, company } of orders) {
      expect(known.has(holder.identity.value), holder.identity.value).toBe(true);
      if (company.form === 'ENSKILD_FIRMA') expect(known.has(company.organisationNumber)).toBe(true);
    }
  });
});
