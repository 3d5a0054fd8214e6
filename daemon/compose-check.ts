import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../drivers/contracts/clock.ts';
import { cardProfileOf } from '../queue/profile/profile-set.ts';
import { nothingKnown } from '../queue/rules/rule-context.ts';
import { openRenderer } from '../templates/render/card-renderer.ts';
import { askBench } from './compose-bench.ts';
import { ruleContext, type RuleSite } from './compose-rules.ts';
import { readStationConfig } from './config/read-config.ts';
import { checkOrders } from './intake/check-orders.ts';
import type { IntakeResult } from './intake/intake-result.ts';
import { approversBeside } from './intake/read-approvers.ts';
import { readProfiles } from './intake/read-profiles.ts';
import type { BenchReport } from './station/station-desk.ts';

/** What to check, and against which site: a station's configuration, or the profiles of a folder and a site that offers everything. */
export interface CheckRequest {
  readonly paths: readonly string[];
  readonly configFile: string | null;
  readonly profilesDir: string;
  readonly clock: Clock;
}

/** Orders as judged, and with a station's configuration what its bench says to them. */
export interface CheckedOrders extends IntakeResult {
  readonly bench: BenchReport | null;
}

const site: RuleSite = { expressPickupPoints: ['STOCKHOLM'], accessories: ['EM_HOLDER', 'EM_FOB', 'EM_CARD'], returnAddress: ['Kortverk'] };

/**
 * Judges order files by schema, pictures and every rule, without a station: what other orders there are is not known.
 * Throws `CFG-INVALID` for a faulty configuration or profile, `TPL-INVALID` and `TPL-FONT` when no card can be drawn.
 */
export async function checkOrderFiles({ paths, configFile, profilesDir, clock }: CheckRequest): Promise<CheckedOrders> {
  const station = configFile === null ? null : await readStationConfig(configFile);
  const config = station ?? { site, profilesDir, approversFile: approversBeside(profilesDir) };
  const cacheDir = await mkdtemp(join(tmpdir(), 'kortverk-check-'));
  try {
    const renderer = await openRenderer({ cacheDir, clock });
    const profiles = await readProfiles(config);
    const checked = await checkOrders(paths, ruleContext(config.site, profiles, renderer, nothingKnown, clock));
    const cards = new Set(checked.accepted.flatMap(({ order }) => cardProfileOf(order.card, profiles) ?? []));
    return { ...checked, bench: station === null ? null : await askBench(station, [...cards], checked.accepted.length) };
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}
