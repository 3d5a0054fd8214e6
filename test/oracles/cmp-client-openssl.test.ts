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

const protections = [['a shared secret', { kind: 'secret', reference: 'station-1', secret: 'a shared secret' }], ['signatures', { kind: 'signature' }]] as const;

/** OpenSSL's CMP client as the judge of the simulated CMP server; then our client with the same server. */
describe.each(protections)('the simulated CMP server under %s', (_name, protection) => {
  let folder: TemporaryFolder;
  let server: CmpServer;
  const file = (name: string): string => join(folder.path, name);

  beforeAll(async () => {
    folder = await temporaryFolder('cmp-server');
    server = await openCmpServer({ dir: file('ca'), port: 0, clock: systemClock, protection });
    await writeFile(file('chain.pem'), server.chainPem);
    await writeFile(file('root.pem'), server.rootPem);
    await writeFile(file('card.csr'), opensslRequest({ subject: '/C=SE/CN=Zoë Ångström' }).der);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  /** How OpenSSL proves to be the client; `false` is somebody else. */
  const client = (isKnown: boolean): readonly string[] => {
    if (protection.kind === 'secret') return ['-ref', 'station-1', '-secret', isKnown ? 'pass:a shared secret' : 'pass:another secret'];
    return ['-trusted', file('root.pem'), ...(isKnown ? ['-cert', server.clientCertificatePath, '-key', server.clientKeyPath] : ['-cert', file('own.pem'), '-key', file('own-key.pem')])];
  };

  async function cmp(isKnown: boolean, ...given: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
    const { host, pathname } = new URL(server.url);
    const args = ['cmp', '-server', host, '-path', pathname, ...client(isKnown), ...given];
    return run('openssl', args).then(({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }), (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, said: error.stdout + error.stderr }));
  }

  /** A client of ours that knows as much of the authority as `chainPem` says. */
  async function ours(chainPem: string | null): Promise<ReturnType<typeof openCmpAuthority>> {
    const credential = protection.kind === 'secret'
      ? { kind: 'secret', reference: 'station-1', secret: Secret.take(Buffer.from('a shared secret')) } as const
      : { kind: 'certificate', certificatePem: await readFile(server.clientCertificatePath, 'utf8'), key: Secret.take(await readFile(server.clientKeyPath)) } as const;
    return openCmpAuthority({ url: server.url, trustedRootsPem: null, credential, chainPem, responderPem: null, clock: systemClock });
  }

  it('issues to OpenSSL, takes its confirmation, tells it the chain, and revokes for it', async () => {
    const issued = await cmp(true, '-cmd', 'p10cr', '-csr', file('card.csr'), '-certout', file('card.pem'), '-cacertsout', file('told.pem'));
    expect(issued, issued.said).toMatchObject({ code: 0 });
    openssl(['verify', '-CAfile', file('chain.pem'), file('card.pem')]);
    expect((await readFile(file('told.pem'), 'utf8')).match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const serial = new X509Certificate(await readFile(file('card.pem'))).serialNumber.toLowerCase();
    expect(server.issued().map((record) => record.serial.toLowerCase())).toContain(serial);
    expect(await server.revoked()).not.toContain(serial);
    expect(await cmp(true, '-cmd', 'rr', '-oldcert', file('card.pem'), '-revreason', '5')).toMatchObject({ code: 0 });
    expect(await server.revoked()).toContain(serial);
  });

  it('answers the general message for its certificates', async () => {
    const asked = await cmp(true, '-cmd', 'genm', '-infotype', 'caCerts');
    expect(asked, asked.said).toMatchObject({ code: 0 });
    expect(asked.said).toMatch(/id-it-caCerts/);
    expect((await cmp(true, '-cmd', 'genm', '-infotype', 'suppLangTags')).code).not.toBe(0);
  });

  it('does not serve a stranger', async () => {
    openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('own-key.pem'), '-out', file('own.pem'), '-subj', '/CN=Nobody', '-days', '2', '-addext', 'keyUsage=digitalSignature']);
    const before = server.issued().length;
    expect((await cmp(false, '-cmd', 'p10cr', '-csr', file('card.csr'), '-certout', file('no.pem'))).code).not.toBe(0);
    expect(server.issued().length).toBe(before);
  });

  it('issues to our client and revokes for it by number and by key, again without harm', async () => {
    await using authority = await ours(server.chainPem);
    const { certificate } = await authority.enroll(await readFile(file('card.csr')), patience());
    const serial = new X509Certificate(certificate).serialNumber;
    await authority.revoke({ serial, subjectKeyId: '' }, patience());
    await authority.revoke({ serial, subjectKeyId: '' }, patience());
    expect((await server.revoked()).filter((each) => each === serial.toLowerCase())).toHaveLength(1);
    await expect(authority.revoke({ serial: '0102', subjectKeyId: '' }, patience())).rejects.toMatchObject({ code: 'CA-REFUSED' });
    await expect(authority.enroll(Buffer.from('3000', 'hex'), patience())).rejects.toMatchObject({ code: 'CA-REFUSED' });
    const unseen = opensslRequest({ subject: '/C=SE/CN=Never Seen' });
    const { certificate: lost } = await authority.enroll(unseen.der, patience());
    const subjectKeyId = server.issued().at(-1)?.subjectKeyId ?? '';
    await authority.revoke({ serial: null, subjectKeyId }, patience());
    expect(await server.revoked()).toContain(new X509Certificate(lost).serialNumber.toLowerCase());
    await expect(authority.revoke({ serial: null, subjectKeyId: '00'.repeat(20) }, patience())).rejects.toMatchObject({ code: 'CA-REFUSED' });
  });

  it('tells our client the chain, under the root that it trusts and no other', async () => {
    const whole = server.chainPem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.map((pem) => new X509Certificate(pem).raw.toString('hex'));
    for (const trusted of [server.rootPem, server.chainPem, ...(protection.kind === 'secret' ? [null] : [])]) {
      await using authority = await ours(trusted);
      expect((await authority.chain(patience())).map((der) => Buffer.from(der).toString('hex'))).toEqual(whole);
      const { certificate } = await authority.enroll(await readFile(file('card.csr')), patience());
      expect(new X509Certificate(certificate).subject).toContain('Ångström');
    }
    openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('own-key.pem'), '-out', file('own.pem'), '-subj', '/CN=Another Root', '-days', '2']);
    await using misled = await ours(await readFile(file('own.pem'), 'utf8'));
    await expect(misled.chain(patience())).rejects.toMatchObject(protection.kind === 'secret' ? { code: 'CA-PROTOCOL' } : { code: 'CA-UNTRUSTED' });
  });
});

it('a signed client that is told nothing to believe answers by is refused', async () => {
  const { keyPem } = opensslRequest({ subject: '/CN=Station' });
  const credential = { kind: 'certificate', certificatePem: '', key: Secret.take(Buffer.from(keyPem)) } as const;
  expect(() => openCmpAuthority({ url: 'http://127.0.0.1:1/', trustedRootsPem: null, credential, chainPem: null, responderPem: null, clock: systemClock })).toThrow(/^CFG-INVALID/);
});

it('a certificate whose confirmation does not come is revoked by the simulated CMP server itself', async () => {
  await using folder = await temporaryFolder('cmp-unconfirmed');
  await using server = await openCmpServer({ dir: folder.path, port: 0, clock: systemClock, protection: { kind: 'secret', reference: 'station-1', secret: 'a shared secret' }, confirmationTimeoutMs: 300 });
  const credential = { kind: 'secret', reference: 'station-1', secret: Secret.take(Buffer.from('a shared secret')) } as const;
  await using authority = openCmpAuthority({ url: server.url, trustedRootsPem: null, credential, chainPem: server.chainPem, responderPem: null, clock: systemClock });
  const kept = await authority.enroll(opensslRequest({ subject: '/CN=Kept' }).der, patience());
  server.setFault({ name: 'lost-answer', times: 1 });
  await expect(authority.enroll(opensslRequest({ subject: '/CN=Lost' }).der, patience())).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE', detail: { data: { sent: true } } });
  await expect.poll(() => server.revoked(), { timeout: 5_000 }).toEqual([server.issued().at(-1)?.serial.toLowerCase()]);
  expect(await server.revoked()).not.toContain(new X509Certificate(kept.certificate).serialNumber.toLowerCase());
});
