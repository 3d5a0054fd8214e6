import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEstAuthority } from '../../../../drivers/ca/est-client.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { openTestAuthority, patience, trustedBy, type TestAuthority } from '../../../support/test-authority.ts';
import { opensslRequest, vector } from '../../../support/openssl-request.ts';

const basic = { user: 'station-7', password: 'correct horse' };
const { der } = opensslRequest({ subject: '/CN=Åsa Öberg' });

/** A clock whose sleeps take no time but are written down. */
function hurriedClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    ...systemClock, slept,
    async sleep(ms, signal) {
      if (ms >= 10_000) return systemClock.sleep(ms, signal);
      slept.push(ms);
    },
  };
}

describe('the EST client', () => {
  let world: TestAuthority;
  beforeAll(async () => { world = await openTestAuthority({ basic }); });
  beforeEach(() => { world.server.setFault(undefined); });
  afterAll(async () => { await world[Symbol.asyncDispose](); });

  it('waits as long as the authority says, and then asks again', async () => {
    world.server.setFault({ name: 'waiting', retryAfterSeconds: 3, times: 2 });
    const clock = hurriedClock();
    const client = await world.connect({ clock });
    await expect(client.enroll(der, patience(30_000))).resolves.toHaveProperty('certificate');
    expect(clock.slept).toEqual([3000, 3000]);
  });

  it('gives up at the limit while it is told to wait', async () => {
    world.server.setFault({ name: 'waiting', retryAfterSeconds: 60 });
    await expect(world.client.enroll(der, patience(300))).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE' });
  });

  it('says that a request was sent when its answer is lost: a certificate may live', async () => {
    world.server.setFault({ name: 'lost-answer' });
    const before = world.server.issued().length;
    await expect(world.client.enroll(der, patience())).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE', detail: { data: { sent: true } } });
    expect(world.server.issued()).toHaveLength(before + 1);
  });

  it('says that nothing was sent when nobody listens', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const port = (free.address() as { port: number }).port;
    free.close();
    await once(free, 'close');
    const client = await world.connect({ url: `https://127.0.0.1:${port}` });
    await expect(client.enroll(der, patience())).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE', detail: { data: { sent: false } } });
  });

  it.each([
    ['an authority that is away', { name: 'away' }, 'ENC-CA-UNAVAILABLE'],
    ['an internal error', { name: 'failing' }, 'ENC-CA-UNAVAILABLE'],
    ['a garbled answer', { name: 'garbled' }, 'CA-PROTOCOL'],
    ['a certificate for another key', { name: 'wrong-key' }, 'ENC-CERT-MISMATCH'],
  ] as const)('tells %s', async (_, fault, code) => {
    world.server.setFault(fault);
    await expect(world.client.enroll(der, patience())).rejects.toMatchObject({ code });
  });

  it("tells the authority's reason of a refusal", async () => {
    world.server.setFault({ name: 'refuse', reason: 'quota exceeded' });
    await expect(world.client.enroll(der, patience())).rejects.toThrow(/^CA-REFUSED: .*quota exceeded/);
  });

  it('trusts the pinned root only', async () => {
    const client = await world.connect({ trustedRootsPem: vector('est/root.pem').toString() });
    await expect(client.chain(patience())).rejects.toMatchObject({ code: 'CA-UNTRUSTED' });
  });

  it('does not talk to a server under a name that its certificate does not carry', async () => {
    const client = await world.connect({ url: world.server.url.replace('127.0.0.1', '127.0.0.2') });
    await expect(client.chain(patience())).rejects.toMatchObject({ code: expect.stringMatching(/^(CA-UNTRUSTED|ENC-CA-UNAVAILABLE)$/) });
    const named = await world.connect({ url: world.server.url.replace('127.0.0.1', 'localhost') });
    await expect(named.chain(patience())).resolves.toHaveLength(2);
  });

  it('enrols with a password instead of a certificate', async () => {
    const { client: _, ...anonymous } = await trustedBy(world.server);
    await using known = openEstAuthority({ ...anonymous, basic: { user: basic.user, password: Secret.take(Buffer.from(basic.password)) } });
    await expect(known.enroll(der, patience())).resolves.toHaveProperty('certificate');
    await using unknown = openEstAuthority({ ...anonymous, basic: { user: basic.user, password: Secret.take(Buffer.from('wrong')) } });
    await expect(unknown.enroll(der, patience())).rejects.toMatchObject({ code: 'CA-REFUSED' });
  });

  it('renews for a subject that was certified before, and for no other', async () => {
    await world.client.enroll(der, patience());
    const again = opensslRequest({ subject: '/CN=Åsa Öberg' });
    const { certificate } = await world.client.reenroll(again.der, patience());
    expect(new X509Certificate(certificate).subject).toBe('CN=Åsa Öberg');
    await expect(world.client.reenroll(opensslRequest({ subject: '/CN=Nils Nobody' }).der, patience())).rejects.toMatchObject({ code: 'CA-REFUSED' });
  });

  it('asks which attributes the authority wants', async () => {
    await expect(world.client.requestAttributes(patience())).resolves.toEqual(['1.2.840.10045.2.1', '1.2.840.10045.4.3.2']);
  });

  it('wipes the key of the client certificate once TLS has it', async () => {
    const options = await trustedBy(world.server);
    await using client = openEstAuthority(options);
    expect(() => options.client?.key.use((bytes) => bytes.length)).toThrow('wiped');
    await expect(client.enroll(der, patience())).resolves.toHaveProperty('certificate');
  });

  it('refuses a configuration that cannot work', async () => {
    const options = await trustedBy(world.server);
    const key = (): Secret => Secret.take(Buffer.from('no key'));
    const certificatePem = await readFile(world.server.clientCertificatePath, 'utf8');
    expect(() => openEstAuthority({ ...options, url: 'http://127.0.0.1/' })).toThrow(/^CFG-INVALID: .*ca\.url/);
    expect(() => openEstAuthority({ ...options, url: 'not a url' })).toThrow(/^CFG-INVALID: .*ca\.url/);
    expect(() => openEstAuthority({ ...options, client: { certificatePem, key: key() } })).toThrow(/^CFG-INVALID/);
    const fresh = await trustedBy(world.server);
    expect(() => openEstAuthority({ ...fresh, trustedRootsPem: 'no certificate' })).toThrow(/^CFG-INVALID/);
  });
});
