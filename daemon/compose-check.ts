import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../drivers/contracts/clock.ts';
import { nothingKnown } from '../queue/rules/rule-context.ts';
import { openRenderer } from '../templates/render/card-renderer.ts';
import { ruleContext, type RuleSite } from './compose-rules.ts';
import { readStationConfig } from './config/read-config.ts';
import { checkOrders } from './intake/check-orders.ts';
import type { IntakeResult } from './intake/intake-result.ts';
import { readProfiles } from './intake/read-profiles.ts';

/** What to check, and against which site: a station's configuration, or the profiles of a folder and a site that offers everything. */
export interface CheckRequest {
  readonly paths: readonly string[];
  readonly configFile: string | null;
  readonly profilesDir: string;
  readonly clock: Clock;
}

const site: RuleSite = { expressPickupPoints: ['STOCKHOLM'], accessories: ['EM_HOLDER', 'EM_FOB', 'EM_CARD'], returnAddress: ['Kortverk'] };

/**
 * Judges order files by schema, pictures and every rule, without a station: what other orders there are is not known.
 * Throws `CFG-INVALID` for a faulty configuration or profile, `TPL-INVALID` and `TPL-FONT` when no card can be drawn.
 */
export async function checkOrderFiles({ paths, configFile, profilesDir, clock }: CheckRequest): Promise<IntakeResult> {
  const config = configFile === null ? { site, profilesDir } : await readStationConfig(configFile);
  const cacheDir = await mkdtemp(join(tmpdir(), 'kortverk-check-'));
  try {
    const renderer = await openRenderer({ cacheDir, clock });
    const context = ruleContext(config.site, await readProfiles(config.profilesDir), renderer, nothingKnown, clock);
    return await checkOrders(paths, context);
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}
