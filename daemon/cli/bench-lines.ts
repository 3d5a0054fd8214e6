import { faultSentence } from '../../drivers/contracts/fault.ts';
import type { PrinterSupplies } from '../../drivers/contracts/printer.ts';
import type { BenchReport } from '../station/station-desk.ts';
import { findingLine } from './check.ts';

const MS_PER_HOUR = 3_600_000;

/** The bench on a few lines: its printer, what it has left, what stands against making cards. */
export function benchLines({ bench, reading, silent, printedMs, findings }: BenchReport): readonly string[] {
  const head = printedMs === 0 ? '' : `, head ${(printedMs / MS_PER_HOUR).toFixed(1)} h of printing here`;
  const silence = silent === null ? [] : [`${bench}: ${silent}: ${faultSentence(silent, 'en')} / ${faultSentence(silent, 'sv')}`];
  if (reading === null) return [...silence, ...findings.map(findingLine)];
  const { maker, model, serial, stations, duplex } = reading.description;
  const can = [...(stations.length === 0 ? ['no chip stations'] : stations), ...(duplex ? ['duplex'] : [])].join(', ');
  return [`${bench}: ${maker} ${model}, serial ${serial} (${can}); ${suppliesText(reading.supplies)}${head}`, ...silence, ...findings.map(findingLine)];
}

/** Ribbon, cleaning and head in words; what the printer does not tell is said so. */
export function suppliesText({ ribbon, ribbonSetsLeft, cardsUntilCleaning, headCards }: PrinterSupplies): string {
  const known = (value: number | null, unit: string): string => (value === null ? `${unit} unknown` : `${String(value)} ${unit}`);
  return [`ribbon ${ribbon ?? 'unknown'}, ${known(ribbonSetsLeft, 'sets left')}`, known(cardsUntilCleaning, 'cards until cleaning'), ...(headCards === null ? [] : [`head ${String(headCards)} cards`])].join('; ');
}
