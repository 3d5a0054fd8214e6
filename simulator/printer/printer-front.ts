import { EscapeFirmware, type EscapeFirmwareOptions } from './escape-firmware.ts';
import { TcpListener } from './tcp-listener.ts';

export interface PrinterFrontOptions<Card> extends EscapeFirmwareOptions<Card> {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** A printer that listens. Disposing ends its connections and waits until what was begun is finished. */
export interface PrinterFront extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** Opens the escape language on TCP in front of the mechanics. Throws `SIM-INVALID` when the address cannot be listened on. */
export async function openPrinterFront<Card>(options: PrinterFrontOptions<Card>): Promise<PrinterFront> {
  const firmware = new EscapeFirmware(options);
  const listener = new TcpListener({
    host: options.host,
    port: options.port,
    converse: async (socket) => firmware.converse(socket),
    admits: () => !firmware.away,
  });
  await listener.listen();
  return {
    host: listener.host,
    port: listener.port,
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await firmware.close();
    },
  };
}
