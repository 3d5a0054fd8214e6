import { request } from 'node:http';
import { isFaultCode, StationFault, type FaultDetail } from '../../drivers/contracts/fault.ts';
import { deskRequests } from './desk-requests.ts';
import type { DeskCall, StationDesk } from '../station/station-desk.ts';

/** A backup or a large submission takes its time; the daemon's own limits are shorter. */
const ASK_TIMEOUT_MS = 600_000;

/** The desk of a running daemon. Throws `LNK-REFUSED` on the first call when no daemon listens there. */
export function deskOfDaemon(socketPath: string): StationDesk {
  const calls = Object.keys(deskRequests) as DeskCall[];
  return Object.fromEntries(calls.map((call) => [call, (input: unknown) => ask(socketPath, call, input)])) as unknown as StationDesk;
}

/** Whether a daemon answers on this socket. */
export async function daemonAnswers(socketPath: string): Promise<boolean> {
  try {
    await ask(socketPath, 'status', {});
    return true;
  } catch (error) {
    if (error instanceof StationFault && error.code === 'LNK-REFUSED') return false;
    throw error;
  }
}

async function ask(socketPath: string, call: DeskCall, input: unknown): Promise<unknown> {
  const { status, text } = await post(socketPath, `/v1/${call}`, JSON.stringify(input));
  const value = JSON.parse(text) as unknown;
  if (status === 200) return value;
  const { code = '', detail = {} } = value as { readonly code?: string; readonly detail?: FaultDetail };
  throw isFaultCode(code) ? new StationFault(code, detail) : new StationFault('LNK-PROTOCOL', { note: `the daemon answered ${status}` });
}

function post(socketPath: string, path: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST', timeout: ASK_TIMEOUT_MS, headers: { 'Content-Type': 'application/json' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('timeout', () => sent.destroy(new StationFault('LNK-TIMEOUT', { note: 'the daemon does not answer' })));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      reject(nobody ? new StationFault('LNK-REFUSED', { note: 'no daemon listens' }, error) : error);
    });
    sent.end(body);
  });
}
