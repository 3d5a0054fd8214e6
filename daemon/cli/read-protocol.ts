import { StationFault } from '../../drivers/contracts/fault.ts';
import type { PrinterProtocol } from '../../simulator/machine/endpoints.ts';

/** Reads `--protocol`. Throws `CLI-USAGE` for one that no simulated machine speaks. */
export function readProtocol(text: string | undefined): PrinterProtocol | undefined {
  switch (text) {
    case undefined:
    case 'evolis':
    case 'espf':
    case 'magicard': return text;
    default: throw new StationFault('CLI-USAGE', { note: '--protocol takes evolis, espf or magicard' });
  }
}
