import { listPrinterNodes, type PrinterNode } from './channel/printer-nodes.ts';
import type { Clock, Wait } from './contracts/clock.ts';
import { StationFault } from './contracts/fault.ts';
import type { PrinterDescription, PrinterSupplies } from './contracts/printer.ts';
import { openPrinter, type PrinterSettings } from './open-printer.ts';

/** A printer that answered, and how the configuration would name it. */
export interface FoundPrinter {
  readonly settings: PrinterSettings;
  readonly description: PrinterDescription;
  readonly supplies: PrinterSupplies;
}

/** A place that was asked, and why nothing was found there. */
export interface SilentPlace {
  readonly settings: PrinterSettings;
  readonly fault: StationFault;
}

export interface FindOptions {
  /** Hosts to ask; the system cannot tell which printers are on its network. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly nodes?: readonly PrinterNode[];
  readonly clock: Clock;
}

/**
 * Asks every node of a USB printer and every host who it is. A host is asked in each language until one is answered;
 * what it is and can do, and what it has left, is read from the printer. Moves nothing. Throws `STA-ABORTED`.
 */
export async function findPrinters(options: FindOptions, limit: Wait): Promise<{ readonly found: readonly FoundPrinter[]; readonly silent: readonly SilentPlace[] }> {
  const nodes = options.nodes ?? (await listPrinterNodes());
  const places: readonly (readonly PrinterSettings[])[] = [
    ...nodes.map(({ path, maker }) => (/magicard|ultra/i.test(maker) ? [magicardAt({ kind: 'device', path })] : [evolisAt({ kind: 'device', path })])),
    ...options.hosts.map(({ host, port }) => [evolisAt({ kind: 'tcp', host, port }), magicardAt({ kind: 'tcp', host, port })]),
  ];
  const answers = await Promise.all(places.map(async (place) => askPlace(place, options.clock, limit)));
  return { found: answers.flatMap((answer) => ('description' in answer ? [answer] : [])), silent: answers.flatMap((answer) => ('fault' in answer ? [answer] : [])) };
}

const evolisAt = (link: Extract<PrinterSettings, { protocol: 'evolis' }>['link']): PrinterSettings => ({ protocol: 'evolis', link });
const magicardAt = (link: Extract<PrinterSettings, { protocol: 'magicard' }>['link']): PrinterSettings => ({ protocol: 'magicard', link });

async function askPlace(languages: readonly PrinterSettings[], clock: Clock, limit: Wait): Promise<FoundPrinter | SilentPlace> {
  let silent: SilentPlace | null = null;
  for (const settings of languages) {
    const share: Wait = { signal: limit.signal, timeoutMs: limit.timeoutMs / languages.length };
    try {
      await using printer = await openPrinter(settings, clock, share);
      return { settings, description: await printer.describe(share), supplies: await printer.supplies(share) };
    } catch (error) {
      if (!(error instanceof StationFault) || error.code === 'STA-ABORTED') throw error;
      silent ??= { settings, fault: error };
    }
  }
  if (silent === null) throw new StationFault('STA-BUG', { note: 'a place without a language' });
  return silent;
}
