import { openCharacterDevice } from './channel/character-device.ts';
import { openTcpPort } from './channel/tcp-port.ts';
import type { EvolisLevels } from './codec/evolis-geometry.ts';
import type { BytePort } from './contracts/channel.ts';
import type { Resolution } from './contracts/card-raster.ts';
import type { Clock, Wait } from './contracts/clock.ts';
import type { PrinterCalibration } from './contracts/printer-calibration.ts';
import type { CardStation, Printer } from './contracts/printer.ts';
import { openEspfPrinter } from './printer/espf/espf-printer.ts';
import { openEvolisPrinter } from './printer/evolis/evolis-printer.ts';
import { openMagicardPrinter } from './printer/magicard/magicard-printer.ts';

/** How a printer is reached. */
export type TcpLink = { readonly kind: 'tcp'; readonly host: string; readonly port: number };
export type SerialLink = {
  readonly kind: 'serial';
  readonly path: string;
  readonly baudRate: number;
  readonly parity: 'none' | 'odd' | 'even';
  readonly flowControl: 'none' | 'rts-cts' | 'xon-xoff';
  /** Whether the printer's line is set to ACK/NACK (`Pcom`). */
  readonly acknowledges: boolean;
};
export type DeviceLink = { readonly kind: 'device'; readonly path: string };
export type PrinterLink = TcpLink | SerialLink | DeviceLink;

/** A printer of the configuration: what it speaks and how it is reached. `device` is its name in the vendor's service. */
export type PrinterSettings =
  | { readonly protocol: 'evolis'; readonly link: PrinterLink; readonly calibrations?: readonly PrinterCalibration[]; readonly dyeLevels?: EvolisLevels | undefined }
  | { readonly protocol: 'espf'; readonly device: string; readonly link: TcpLink; readonly calibrations?: readonly PrinterCalibration[]; readonly resolution?: Resolution | undefined }
  | { readonly protocol: 'magicard'; readonly link: TcpLink | DeviceLink };

/** Chip stations that a printer on a protocol can have at most; null where the printer itself must be asked. */
export function protocolStations(protocol: PrinterSettings['protocol']): readonly CardStation[] | null {
  return protocol === 'magicard' ? [] : null;
}

/** Opens the printer of a bench. Nothing is moved. Throws `PRN-OFFLINE` when it cannot be reached, `STA-ABORTED`. */
export async function openPrinter(settings: PrinterSettings, clock: Clock, limit: Wait): Promise<Printer> {
  const connect = async (wait: Wait): Promise<BytePort> => openLink(settings.link, clock, wait);
  switch (settings.protocol) {
    case 'evolis': return openEvolisPrinter({ connect, clock, acknowledges: settings.link.kind === 'serial' && settings.link.acknowledges, calibrations: settings.calibrations ?? [], ...(settings.dyeLevels === undefined ? {} : { dyeLevels: settings.dyeLevels }) }, limit);
    case 'espf': return openEspfPrinter({ connect, clock, device: settings.device, calibrations: settings.calibrations ?? [], ...(settings.resolution === undefined ? {} : { resolution: settings.resolution }) }, limit);
    case 'magicard': return openMagicardPrinter({ connect, clock }, limit);
  }
}

async function openLink(link: PrinterLink, clock: Clock, limit: Wait): Promise<BytePort> {
  switch (link.kind) {
    case 'tcp': return openTcpPort({ host: link.host, port: link.port, clock }, limit);
    case 'serial': {
      // Its binding takes a while to load, and few printers are on a line.
      const { openSerialPort } = await import('./channel/serial-port.ts');
      return openSerialPort({ path: link.path, baudRate: link.baudRate, parity: link.parity, flowControl: link.flowControl, clock }, limit);
    }
    case 'device': return openCharacterDevice({ path: link.path, clock });
  }
}
