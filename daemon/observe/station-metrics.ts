import { Gauge, Registry } from 'prom-client';
import type { BenchView } from './bench-watch.ts';

/** What a station tells of itself beside its bench. */
export interface StationFigures {
  readonly station: string;
  /** Orders in the store by state. */
  readonly orders: Readonly<Record<string, number>>;
  /** Why the machine waits for a person, null when it does not. */
  readonly waitsFor: { readonly reason: string } | null;
  /** Messages that the portal has not got yet. */
  readonly undelivered: number;
  /** Orders that are late or at risk of it. */
  readonly late: readonly unknown[];
}

const MS_PER_HOUR = 3_600_000;
const MS_PER_SECOND = 1_000;

/**
 * The metrics of a station as Prometheus text. Figures of the printer, counts, and codes; never an order, a person or a
 * card. A figure that the printer does not tell is left out, not invented.
 */
export async function metricsText(figures: StationFigures, bench: BenchView): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ station: figures.station });
  stationGauges(registry, figures);
  benchGauges(registry, bench);
  return registry.metrics();
}

/** The media type of `metricsText`. */
export const metricsMediaType = new Registry().contentType;

function stationGauges(registry: Registry, { orders, waitsFor, undelivered, late }: StationFigures): void {
  const counted = new Gauge({ name: 'kortverk_orders', help: 'Orders in the store by state', labelNames: ['state'], registers: [registry] });
  for (const [state, count] of Object.entries(orders)) counted.set({ state }, count);
  const waiting = new Gauge({ name: 'kortverk_machine_waits', help: '1 while the machine waits for a person, with the code of the reason', labelNames: ['code'], registers: [registry] });
  if (waitsFor !== null) waiting.set({ code: waitsFor.reason }, 1);
  new Gauge({ name: 'kortverk_messages_undelivered', help: 'Messages that the portal has not got yet', registers: [registry] }).set(undelivered);
  new Gauge({ name: 'kortverk_orders_late', help: 'Orders that are late or at risk of it', registers: [registry] }).set(late.length);
}

function benchGauges(registry: Registry, { bench, reading, silent, printedMs }: BenchView): void {
  const serial = reading?.description.serial ?? '';
  const gauge = (name: string, help: string, value: number | null | undefined, more: Readonly<Record<string, string>> = {}): void => {
    if (value === null || value === undefined) return;
    new Gauge({ name: `kortverk_${name}`, help, labelNames: ['bench', 'printer', ...Object.keys(more)], registers: [registry] }).set({ bench, printer: serial, ...more }, value);
  };
  gauge('printer_answers', '1 when the printer answered the last question', silent === null && reading !== null ? 1 : 0);
  gauge('print_head_hours', 'Hours that this station has had the head print, by its journal', printedMs / MS_PER_HOUR);
  if (reading === null) return;
  const { supplies, evidence, at } = reading;
  gauge('printer_read_timestamp_seconds', 'When the printer gave these figures', at / MS_PER_SECOND);
  gauge('ribbon_sets_left', 'Sets of panels left on the ribbon; a card with two sides may take two', supplies.ribbonSetsLeft, { ribbon: supplies.ribbon ?? 'unknown' });
  gauge('cards_until_cleaning', 'Cards until the printer is to be cleaned', supplies.cardsUntilCleaning);
  gauge('print_head_cards', 'Cards that the head has printed, by the printer', supplies.headCards, { head: supplies.head ?? 'unknown' });
  gauge('panels_printed', 'Panels that the printer has ever printed', evidence.panelsPrinted);
  gauge('cards_fed', 'Cards that the printer has ever taken in', evidence.cardsFed);
  gauge('cards_to_output', 'Cards that the printer has ever put out', evidence.cardsToOutput);
}
