import { existsSync } from 'node:fs';
import { SerialPort } from 'serialport';
import type { BytePort } from '../contracts/channel.ts';
import { within, type Clock, type Wait } from '../contracts/clock.ts';
import { StationFault } from '../contracts/fault.ts';
import { StreamPort } from './stream-port.ts';

/** A serial line and how it is set. */
export interface SerialPortOptions {
  /** `/dev/ttyS0`, `/dev/serial/by-id/…` and the like. */
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly parity?: 'none' | 'odd' | 'even';
  readonly stopBits?: 1 | 2;
  readonly flowControl?: 'none' | 'rts-cts' | 'xon-xoff';
  readonly clock: Clock;
}

/**
 * Opens a serial line as a byte port, for this process alone. Modem lines and breaks are not used: not every line has
 * them. Throws `LNK-REFUSED` when it is missing or another program has it, `LNK-TIMEOUT`, `STA-ABORTED`.
 */
export async function openSerialPort(options: SerialPortOptions, limit: Wait): Promise<BytePort> {
  const { path, baudRate, clock, flowControl = 'none' } = options;
  const line = new SerialPort({
    path, baudRate, dataBits: options.dataBits ?? 8, parity: options.parity ?? 'none', stopBits: options.stopBits ?? 1,
    rtscts: flowControl === 'rts-cts', xon: flowControl === 'xon-xoff', xoff: flowControl === 'xon-xoff', autoOpen: false, lock: true,
  });
  try {
    await within(clock, limit, async () => new Promise<void>((resolve, reject) => {
      line.open((error) => {
        if (error) reject(new StationFault('LNK-REFUSED', { note: `${path}: ${error.message}` }, error));
        else resolve();
      });
    }));
  } catch (error) {
    // The library opens in its own time: one that is opened after all is closed at once.
    line.once('open', () => { line.close(); });
    throw error;
  }
  return new SerialLine(line, options);
}

/** A line whose node has gone does not always end its stream; it is looked for when nothing came. */
class SerialLine extends StreamPort {
  readonly #path: string;

  constructor(line: SerialPort, { path, clock }: SerialPortOptions) {
    super(line, clock, async () => close(line));
    this.#path = path;
  }

  override async read(limit: Wait): Promise<Uint8Array> {
    try {
      return await super.read(limit);
    } catch (error) {
      if (!(error instanceof StationFault) || error.code !== 'LNK-TIMEOUT' || existsSync(this.#path)) throw error;
      throw new StationFault('LNK-CLOSED', { note: `${this.#path} is gone` }, error);
    }
  }
}

async function close(line: SerialPort): Promise<void> {
  if (!line.isOpen) return;
  await new Promise<void>((resolve) => {
    line.once('close', () => { resolve(); });
    line.close((error) => { if (error) resolve(); });
  });
}
