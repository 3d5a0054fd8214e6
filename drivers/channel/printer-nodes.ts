import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A USB printer of this computer, as its IEEE 1284 id names it. Texts are empty where the id lacks them. */
export interface PrinterNode {
  readonly path: string;
  readonly maker: string;
  readonly model: string;
  readonly serial: string;
}

/**
 * Lists the nodes of USB printers. A node without an id is left out: the system makes the node before its id
 * (virtual-devices.md 3), so one that was plugged in just now is found a moment later.
 */
export async function listPrinterNodes(options: { readonly classDir?: string; readonly deviceDir?: string } = {}): Promise<readonly PrinterNode[]> {
  const { classDir = '/sys/class/usbmisc', deviceDir = '/dev/usb' } = options;
  const names = (await readdir(classDir).catch(absent([]))).filter((name) => /^lp\d+$/.test(name)).toSorted();
  const nodes = await Promise.all(names.map(async (name) => {
    const id = await readFile(join(classDir, name, 'device', 'ieee1284_id'), 'latin1').catch(absent(null));
    return id === null ? null : { path: join(deviceDir, name), ...parsePrinterId(id) };
  }));
  return nodes.filter((node) => node !== null);
}

/** Gives `instead` for what is not there. */
function absent<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
    throw error;
  };
}

/** Reads an IEEE 1284 device id: `KEY:value;` pairs, keys in a long and a short form. */
export function parsePrinterId(id: string): Pick<PrinterNode, 'maker' | 'model' | 'serial'> {
  const pairs = new Map(id.split(';').map((pair) => {
    const at = pair.indexOf(':');
    return [pair.slice(0, Math.max(at, 0)).replaceAll(/[^A-Za-z ]/g, '').trim().toUpperCase(), pair.slice(at + 1).trim()] as const;
  }));
  const value = (...keys: readonly string[]): string => keys.map((key) => pairs.get(key)).find((found) => found !== undefined) ?? '';
  return { maker: value('MFG', 'MANUFACTURER'), model: value('MDL', 'MODEL'), serial: value('SN', 'SERN', 'SERIALNUMBER') };
}
