import { openEspfFront } from './espf-front.ts';
import type { PrinterIdentity } from './printer-identity.ts';
import { openStandalone, tcpFront, type StandaloneOptions, type StandalonePrinter } from './standalone-printer.ts';

/** Opens a printer behind the vendor's service, with an endless feeder. Throws what `openStandalone` throws. */
export async function openStandaloneEspf(options: StandaloneOptions & { readonly identity: PrinterIdentity }): Promise<StandalonePrinter> {
  const { place, identity } = options;
  return openStandalone(options, `Evolis ${identity.model}`, async (mechanics, onRibbonNamed) => tcpFront(place, (address) => openEspfFront({ mechanics, identity, ...address, onRibbonNamed })));
}
