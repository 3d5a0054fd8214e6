import type { Mechanics } from '../machine/card-path-mechanics.ts';
import type { PrinterProtocol } from '../machine/endpoints.ts';
import { openEspfFront } from './espf-front.ts';
import { openMagicardFront } from './magicard-front.ts';
import { openPrinterFront, type PrinterFront } from './printer-front.ts';
import { defaultModel, printerModel } from './printer-identity.ts';
import { defaultMagicardModel, magicardModel } from './standalone-magicard.ts';

export interface FrontPlace {
  /** A model of the protocol's own; its usual one unless given. */
  readonly model?: string | undefined;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Opens a protocol on TCP in front of the mechanics; `name` is what the vendor's service calls the printer. Throws `SIM-INVALID` for an unknown model or an address that is taken. */
export async function openFront<Card>(protocol: PrinterProtocol, mechanics: Mechanics<Card>, { model, host, port }: FrontPlace): Promise<PrinterFront & { readonly name: string }> {
  switch (protocol) {
    case 'evolis': {
      const identity = printerModel(model ?? defaultModel);
      return named(await openPrinterFront({ mechanics, identity, host, port }), identity.model);
    }
    case 'espf': {
      const front = await openEspfFront({ mechanics, identity: printerModel(model ?? defaultModel), host, port });
      return named(front, front.device);
    }
    case 'magicard': {
      const identity = magicardModel(model ?? defaultMagicardModel);
      return named(await openMagicardFront({ mechanics, identity, host, port }), identity.model);
    }
  }
}

function named(front: PrinterFront, name: string): PrinterFront & { readonly name: string } {
  return { name, host: front.host, port: front.port, [Symbol.asyncDispose]: () => front[Symbol.asyncDispose]() };
}
