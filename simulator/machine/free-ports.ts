import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { StationFault } from '../../drivers/contracts/fault.ts';

/** Below the ports that the system hands out by itself (32768 and up on Linux), so that no outgoing connection takes one meanwhile. */
const lowest = 20_000;
const highest = 32_700;
const tries = 200;

/**
 * A random port that is free together with those after it, on all addresses: a virtual reader takes one port for each
 * of its slots. Throws `SIM-INVALID` when none is found.
 */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const first = randomInt(lowest, highest - count);
    if (await areFree(first, count)) return first;
  }
  throw new StationFault('SIM-INVALID', { field: 'ports', note: `no ${count} free ports in a row` });
}

async function areFree(first: number, count: number): Promise<boolean> {
  const held: Server[] = [];
  try {
    for (let port = first; port < first + count; port += 1) held.push(await listen(port));
    return true;
  } catch {
    return false; // taken: the next try asks for others
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => resolve(server));
  });
}
