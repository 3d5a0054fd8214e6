import { createPrivateKey, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEstAuthority } from '../../../../drivers/ca/est-client.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { openCaServer } from '../../../../simulator/ca/ca-server.ts';
import { cardAuthenticationUsage } from '../../../../simulator/ca/certificate-profile.ts';
import { opensslRequest, opensslText } from '../../../support/openssl-request.ts';
import { openTestAuthority, patience, trustedBy, type TestAuthority } from '../../../support/test-authority.ts';

const uuid = 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6';

describe('the simulated authority', () => {
  let world: TestAuthority;
  beforeAll(async () => { world = await openTestAuthority(); });
  afterAll(async () => { await world[Symbol.asyncDispose](); });

  const enrol = async (subject: string, ...extensions: readonly string[]): Promise<Uint8Array> =>
    (await world.client.enroll(opensslRequest({ subject, extensions }).der, patience())).certificate;

  it("gives the holder's key a certificate for logging in", async () => {
    const text = opensslText(await enrol('/CN=Åsa Öberg/O=Bygg AB', `subjectAltName=URI:${uuid}`));
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: \n\s+TLS Web Client Authentication, Microsoft Smartcard Login\n/);
    expect(text).toContain(`URI:${uuid}`);
    expect(text).toContain('Subject: CN=Åsa Öberg, O=Bygg AB');
  });

  it('gives the key of the card a certificate for card authentication only', async () => {
    const text = opensslText(await enrol('/CN=17-2611-000004', `extendedKeyUsage=${cardAuthenticationUsage}`, `subjectAltName=URI:${uuid}`));
    expect(text).toMatch(/Extended Key Usage: critical\n\s+2\.16\.840\.1\.101\.3\.6\.8\n/);
    expect(text).not.toContain('Client Authentication');
  });

  it('keeps to the sooner end of validity', async () => {
    const end = (der: Uint8Array): number => new Date(new X509Certificate(der).validTo).getTime();
    const sooner = await enrol('/CN=x', '2.5.29.16=DER:3011810f32303238303130313030303030305a');
    expect(end(sooner)).toBe(Date.UTC(2028, 0, 1));
    const later = await enrol('/CN=x', '2.5.29.16=DER:3011810f32303438303130313030303030305a');
    expect(end(later)).toBeLessThan(Date.UTC(2040, 0, 1));
  });

  it('never lets a request make itself an authority', async () => {
    const certificate = new X509Certificate(await enrol('/CN=x', 'basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign', 'extendedKeyUsage=1.3.6.1.5.5.7.3.28'));
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).not.toContain('1.3.6.1.5.5.7.3.28');
  });

  it('writes every certificate into its account', async () => {
    const before = world.server.issued().length;
    const certificate = new X509Certificate(await enrol('/CN=Counted'));
    const [record, ...more] = world.server.issued().slice(before);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ serial: certificate.serialNumber.toLowerCase(), subject: 'CN=Counted', profile: 'piv-authentication' });
    expect(Buffer.from(record?.certificate ?? '', 'base64')).toEqual(certificate.raw);
  });

  it('takes requests of a registration authority only, not of any card', async () => {
    const { der, keyPem } = opensslRequest({ subject: '/CN=Thief' });
    const { certificate } = await world.client.enroll(der, patience());
    const issuing = await world.client.chain(patience());
    const certificatePem = [certificate, issuing[0] ?? certificate].map((one) => new X509Certificate(one).toString()).join('');
    await using card = openEstAuthority({ ...await trustedBy(world.server), client: { certificatePem, key: Secret.take(Buffer.from(keyPem)) } });
    await expect(card.enroll(der, patience())).rejects.toMatchObject({ code: 'CA-REFUSED', detail: { data: { status: 401 } } });
    const { client: _, ...anonymous } = await trustedBy(world.server);
    await using nobody = openEstAuthority(anonymous);
    await expect(nobody.enroll(der, patience())).rejects.toMatchObject({ code: 'CA-REFUSED', detail: { data: { status: 401 } } });
    await expect(nobody.chain(patience())).resolves.toHaveLength(2);
  });

  it('renews the certificate of the station itself', async () => {
    const subject = '/CN=Kortverk Simulated Station/O=Kortverk Simulator';
    const { der, keyPem } = opensslRequest({ subject });
    const certificate = new X509Certificate((await world.client.reenroll(der, patience())).certificate);
    expect(certificate.keyUsage).toContain('1.3.6.1.5.5.7.3.28');
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  });

  it.each([
    ['PUT', 'simpleenroll', {}, '', 405],
    ['GET', 'simpleenroll', {}, '', 405],
    ['GET', 'fullcmc', {}, '', 404],
    ['POST', 'simpleenroll', { 'content-type': 'text/plain' }, 'x', 415],
    ['POST', 'simpleenroll', { 'content-type': 'application/pkcs10' }, 'AAAA', 400],
    ['POST', 'simpleenroll', { 'content-type': 'application/pkcs10' }, 'A'.repeat(70_000), 413],
  ])('answers %s %s %o with its status', async (method, operation, headers, body, status) => {
    expect(await statusOf(world, { method, operation, headers, body })).toBe(status);
  });

  it('counts its faults down and then works again', async () => {
    world.server.setFault({ name: 'refuse', reason: 'not today', times: 1 });
    await expect(enrol('/CN=x')).rejects.toMatchObject({ code: 'CA-REFUSED' });
    await expect(enrol('/CN=x')).resolves.toBeInstanceOf(Uint8Array);
  });
});

describe('its folder', () => {
  it('keeps root and account over a restart', async () => {
    await using world = await openTestAuthority();
    await world.client.enroll(opensslRequest({ subject: '/CN=x' }).der, patience());
    const dir = new URL('../', `file://${world.server.rootPath}`).pathname;
    const issued = world.server.issued();
    await world.server[Symbol.asyncDispose]();
    await using again = await openCaServer({ dir, port: 0, clock: systemClock });
    expect(again.rootPem).toBe(world.server.rootPem);
    expect(again.issued()).toEqual(issued);
  });
});

interface Asked {
  readonly method: string;
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function statusOf({ server }: TestAuthority, { method, operation, headers, body }: Asked): Promise<number | undefined> {
  const cert = await readFile(server.clientCertificatePath);
  const key = await readFile(server.clientKeyPath);
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.url}/${operation}`, { method, headers, ca: server.rootPem, cert, key, agent: false });
    outgoing.on('response', (incoming) => { incoming.resume(); resolve(incoming.statusCode); });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
