import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openssl, opensslRequest } from '../support/openssl-request.ts';
import { openTestAuthority, patience, type TestAuthority } from '../support/test-authority.ts';

/** OpenSSL as the judge of what the simulated authority signs and of the TLS that it speaks. */
describe('OpenSSL', () => {
  let world: TestAuthority;
  let folder: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kortverk-openssl-'));
    world = await openTestAuthority();
    const [issuing, root] = await world.client.chain(patience());
    await writeFile(file('issuing.pem'), new X509Certificate(issuing ?? '').toString());
    await writeFile(file('root.pem'), new X509Certificate(root ?? '').toString());
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const verify = (...given: readonly string[]): string =>
    openssl(['verify', '-x509_strict', '-CAfile', file('root.pem'), '-untrusted', file('issuing.pem'), ...given]).toString();

  it.each([
    ['P-256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['RSA 2048', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
  ])('verifies a certificate for %s up to the root, strictly', async (name, key) => {
    const { der, keyPem } = opensslRequest({ subject: '/CN=Łukasz Żółć', key });
    const { certificate } = await world.client.enroll(der, patience());
    await writeFile(file('card.pem'), new X509Certificate(certificate).toString());
    await writeFile(file('card-key.pem'), keyPem);
    expect(verify('-purpose', 'sslclient', file('card.pem'))).toContain('OK');
    const publicOf = (given: readonly string[]): string => openssl(given).toString();
    expect(publicOf(['x509', '-in', file('card.pem'), '-noout', '-pubkey']), name).toBe(publicOf(['pkey', '-in', file('card-key.pem'), '-pubout']));
  });

  it('verifies the identities of the authority', () => {
    expect(verify(file('issuing.pem'))).toContain('OK');
    expect(verify('-purpose', 'sslclient', world.server.clientCertificatePath)).toContain('OK');
    expect(verify('-purpose', 'sslserver', '-verify_ip', '127.0.0.1', world.server.clientCertificatePath.replace('station.pem', 'server.pem'))).toContain('OK');
  });

  it('does not verify a certificate of another authority', async () => {
    await using other = await openTestAuthority();
    const { certificate } = await other.client.enroll(opensslRequest({ subject: '/CN=x' }).der, patience());
    await writeFile(file('stranger.pem'), new X509Certificate(certificate).toString());
    expect(() => verify(file('stranger.pem'))).toThrow(/unable to get local issuer|certificate signature failure|self-signed/);
  });
});
