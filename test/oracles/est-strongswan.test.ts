import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { opensslRequest } from '../support/openssl-request.ts';
import { openTestAuthority, type TestAuthority } from '../support/test-authority.ts';

const run = promisify(execFile);
const basic = { user: 'officer', password: 'correct-horse' };
const installed = spawnSync('pki', ['--help']).error === undefined;

/** strongSwan's EST client knows nothing of ours: it holds the simulated authority to RFC 7030. */
describe("strongSwan's EST client", () => {
  let world: TestAuthority;
  let folder: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kortverk-pki-'));
    world = await openTestAuthority({ basic });
    await writeFile(file('root.pem'), world.server.rootPem);
  });
  beforeEach((context) => {
    if (!installed) context.skip('strongswan-pki is not installed');
    world.server.setFault(undefined);
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const pki = async (...given: readonly string[]): Promise<Buffer> =>
    (await run('pki', [...given, '--url', new URL(world.server.url).origin, '--cacert', file('root.pem')], { encoding: 'buffer', timeout: 60_000 })).stdout;
  const enrol = (...given: readonly string[]): Promise<Buffer> =>
    pki('--est', '--in', file('request.der'), '--cacert', world.server.rootPath.replace('root.pem', 'issuing.pem'), ...given);

  it('takes the chain and verifies it', async () => {
    await pki('--estca', '--caout', file('ca.der'));
    expect(new X509Certificate(await readFile(file('ca.der'))).toString()).toBe(new X509Certificate(world.server.rootPem).toString());
    expect(existsSync(file('ca-1.der'))).toBe(true);
  });

  it('enrols with a password', async () => {
    const { der } = opensslRequest({ subject: '/CN=Åsa Öberg' });
    await writeFile(file('request.der'), der);
    const certificate = new X509Certificate(await enrol('--userpass', `${basic.user}:${basic.password}`));
    expect(certificate.subject).toBe('CN=Åsa Öberg');
    expect(world.server.issued().at(-1)?.serial).toBe(certificate.serialNumber.toLowerCase());
  });

  it('waits when it is told to, and asks again', async () => {
    await writeFile(file('request.der'), opensslRequest({ subject: '/CN=Patient' }).der);
    world.server.setFault({ name: 'waiting', retryAfterSeconds: 1, times: 1 });
    expect(new X509Certificate(await enrol('--userpass', `${basic.user}:${basic.password}`, '--interval', '1')).subject).toBe('CN=Patient');
  });

  it("renews the station's certificate with the old one", async () => {
    await writeFile(file('request.der'), opensslRequest({ subject: '/CN=Kortverk Simulated Station/O=Kortverk Simulator' }).der);
    const certificate = new X509Certificate(await enrol('--cert', world.server.clientCertificatePath, '--key', world.server.clientKeyPath));
    expect(certificate.subject).toContain('CN=Kortverk Simulated Station');
  });

  it('is turned away with a wrong password', async () => {
    await writeFile(file('request.der'), opensslRequest({ subject: '/CN=Thief' }).der);
    const before = world.server.issued().length;
    await expect(enrol('--userpass', `${basic.user}:wrong`)).rejects.toThrow();
    expect(world.server.issued()).toHaveLength(before);
  });
});
