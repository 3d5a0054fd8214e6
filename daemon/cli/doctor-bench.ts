import { faultEntry, faultSentence } from '../../drivers/contracts/fault.ts';
import { suppliesText } from './bench-lines.ts';
import { findingLine } from './check.ts';
import type { PartReport } from './doctor-parts.ts';

/** What a station's bench says of itself: whether its printer answers, can make cards by the approved profiles, and has enough left for one. */
export async function benchParts(configFile: string): Promise<readonly PartReport[]> {
  const { checkConfig } = await import('../compose-config-check.ts');
  const { bench } = await checkConfig(configFile, false);
  if (bench === null) return [];
  const remedy = `npx kortverk config check ${configFile}`;
  const part = `printer of ${bench.bench}`;
  const findings = bench.findings.map((finding): PartReport => ({ part, state: faultEntry(finding.code).next === 'warn' ? 'note' : 'missing', detail: findingLine(finding), remedy }));
  if (bench.reading === null) return [{ part, state: 'missing', detail: bench.silent === null ? 'not asked' : `${bench.silent}: ${faultSentence(bench.silent, 'en')}`, remedy }, ...findings];
  const { maker, model, serial, stations } = bench.reading.description;
  return [{ part, state: 'ok', detail: `${maker} ${model}, serial ${serial}, ${stations.length === 0 ? 'no chip stations' : stations.join(' and ')}; ${suppliesText(bench.reading.supplies)}` }, ...findings];
}
