import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEstAuthority, type EstAuthority, type EstOptions } from '../../drivers/ca/est-client.ts';
import { systemClock, type Wait } from '../../drivers/contracts/clock.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import { openCaServer, type CaServer, type CaServerOptions } from '../../simulator/ca/ca-server.ts';

export interface TestAuthority extends AsyncDisposable {
  readonly server: CaServer;
  readonly client: EstAuthority;
  /** A second client of the same server, with some options changed. */
  connect(changed: Partial<EstOptions>): Promise<EstAuthority>;
}

/** A simulated authority in a folder of its own and a client that it trusts. */
export async function openTestAuthority(options: Partial<CaServerOptions> = {}): Promise<TestAuthority> {
  const stack = new DisposalStack();
  const dir = await mkdtemp(join(tmpdir(), 'kortverk-ca-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const server = stack.use(await openCaServer({ dir, port: 0, clock: systemClock, ...options }));
  const connect = async (changed: Partial<EstOptions>): Promise<EstAuthority> => stack.use(openEstAuthority({ ...await trustedBy(server), ...changed }));
  const client = await connect({});
  return { server, client, connect, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
}

/** The options of a client with the server's own enrolment certificate. */
export async function trustedBy(server: CaServer): Promise<EstOptions> {
  const certificatePem = await readFile(server.clientCertificatePath, 'utf8');
  const key = Secret.take(await readFile(server.clientKeyPath));
  return { url: server.url, trustedRootsPem: server.rootPem, client: { certificatePem, key }, clock: systemClock };
}

/** A limit that a test on loopback does not reach. */
export function patience(timeoutMs = 10_000): Wait {
  return { signal: new AbortController().signal, timeoutMs };
}
