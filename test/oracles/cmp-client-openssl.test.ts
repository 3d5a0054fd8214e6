import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCmpAuthority } from '../../drivers/ca/cmp-client.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import { openCmpServer, type CmpServer } from '../../simulator/ca/cmp-server.ts';
import { openssl, opensslRequest } from '../support/openssl-request.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { patience } from '../support/test-authority.ts';

const run = promisify(execFile);

/** OpenSSL's CMP client as the judge of the simulated CMP server; then our client with the same server. */
describe('the simulated CMP server', () => {
  let folder: TemporaryFolder;
  let server: CmpServer;
  const file = (name: string): string => join(folder.path, name);

  beforeAll(async () => {
    folder = await temporaryFolder('cmp-server');
    server = await openCmpServer({ dir: file('ca'), port: 0, clock: systemClock, reference: 'station-1', secret: 'a shared secret' });
    await writeFile(file('chain.pem'), server.chainPem);
    await writeFile(file('card.csr'), opensslRequest({ subject: '/C=SE/CN=Zoë Ångström' }).der);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function cmp(secret: string, ...given: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
    const { host, pathname } = new URL(server.url);
    const args = ['cmp', '-server', host, '-path', pathname, '-ref', 'station-1', '-secret', `pass:${secret}`, ...given];
    return run('openssl', args).then(({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }), (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, said: error.stdout + error.stderr }));
  }

  it('issues to OpenSSL, takes its confirmation, and revokes for it', async () => {
    expect(await cmp('a shared secret', '-cmd', 'p10cr', '-csr', file('card.csr'), '-certout', file('card.pem'))).toMatchObject({ code: 0 });
    openssl(['verify', '-CAfile', file('chain.pem'), file('card.pem')]);
    const serial = new X509Certificate(await readFile(file('card.pem'))).serialNumber.toLowerCase();
    expect(server.issued().map((record) => record.serial.toLowerCase())).toContain(serial);
    expect(server.revoked()).not.toContain(serial);
    expect(await cmp('a shared secret', '-cmd', 'rr', '-oldcert', file('card.pem'), '-revreason', '5')).toMatchObject({ code: 0 });
    expect(server.revoked()).toContain(serial);
  });

  it('does not serve one who does not know the secret', async () => {
    const before = server.issued().length;
    expect((await cmp('another secret', '-cmd', 'p10cr', '-csr', file('card.csr'), '-certout', file('no.pem'))).code).not.toBe(0);
    expect(server.issued().length).toBe(before);
  });

  it('issues to our client and revokes for it, again without harm', async () => {
    const credential = { kind: 'secret', reference: 'station-1', secret: Secret.take(Buffer.from('a shared secret')) } as const;
    await using client = openCmpAuthority({ url: server.url, trustedRootsPem: null, credential, chainPem: server.chainPem, responderPem: null, clock: systemClock });
    const { certificate } = await client.enroll(await readFile(file('card.csr')), patience());
    const serial = new X509Certificate(certificate).serialNumber;
    await client.revoke(serial, patience());
    await client.revoke(serial, patience());
    expect(server.revoked().filter((each) => each === serial.toLowerCase())).toHaveLength(1);
    await expect(client.revoke('0102', patience())).rejects.toMatchObject({ code: 'CA-REFUSED' });
    await expect(client.enroll(Buffer.from('3000', 'hex'), patience())).rejects.toMatchObject({ code: 'CA-REFUSED' });
  });
});
