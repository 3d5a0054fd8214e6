import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a machine's printer can speak on its port: the escape language, the vendor's service in front of it, or a Magicard's. */
export const printerProtocols = ['evolis', 'espf', 'magicard'] as const;
export type PrinterProtocol = (typeof printerProtocols)[number];

/** How the world reaches a running machine. Kept in `endpoints.json` of the machine's folder while it runs. */
export interface MachineEndpoints {
  readonly pid: number;
  /** The machine's folder: `plastic.json`, `plastic.ndjson`, pictures of ejected cards. */
  readonly folder: string;
  /** The printer's TCP port. */
  readonly printer: { readonly host: string; readonly port: number };
  /** What is spoken there. */
  readonly printerProtocol: PrinterProtocol;
  /** What the printer is called; the vendor's service knows it by this name. */
  readonly printerName: string;
  /** PCSCLITE_CSOCK_NAME of the private card service; null when the computer's own service stands in. */
  readonly cardServiceSocket: string | null;
  /** PC/SC names of the readers at the machine's stations. */
  readonly readers: { readonly contactless: string; readonly contact: string };
  /** Unix socket of the control protocol. */
  readonly controlSocket: string;
  /** The certificate authority, null when the machine runs without one. */
  readonly ca: CaEndpoint | null;
}

/** Where the EST server listens and the files (PEM) a client needs: its trust anchor, its own certificate and key. */
export interface CaEndpoint {
  readonly url: string;
  readonly trustAnchorFile: string;
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
}

const fileName = 'endpoints.json';

/** Publishes the endpoints, whole or not at all. */
export async function writeEndpoints(folder: string, endpoints: MachineEndpoints): Promise<void> {
  const draft = join(folder, `${fileName}.draft`);
  await writeFile(draft, `${JSON.stringify(endpoints, null, 2)}\n`);
  await rename(draft, join(folder, fileName));
}

/** The endpoints that were last published in a folder, null when there are none. Whether they still answer is asked of the control socket. */
export async function readEndpoints(folder: string): Promise<MachineEndpoints | null> {
  const text = await readFile(join(folder, fileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as MachineEndpoints);
}

/** Takes the endpoints back when the machine ends. */
export async function removeEndpoints(folder: string): Promise<void> {
  await rm(join(folder, fileName), { force: true });
}
