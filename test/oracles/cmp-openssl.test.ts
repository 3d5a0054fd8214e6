import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCmpAuthority, type CmpOptions } from '../../drivers/ca/cmp-client.ts';
import { systemClock } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { Secret } from '../../drivers/contracts/secret.ts';
import { freePort } from '../support/free-port.ts';
import { openssl, opensslRequest } from '../support/openssl-request.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { patience } from '../support/test-authority.ts';

/** OpenSSL's own CMP server, which can answer with one certificate made beforehand. */
interface MockServer extends AsyncDisposable {
  readonly url: string;
  /** What the server said of itself. */
  readonly log: () => string;
}

let folder: TemporaryFolder;
let request: Buffer;
const file = (name: string): string => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder('cmp');
  await writeFile(file('extensions'), 'keyUsage=critical,digitalSignature\nsubjectAltName=URI:urn:uuid:8aff36ed-1be0-09ee-6839-4f8796d6136b\n');
  await writeFile(file('ra-extensions'), 'keyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n');
  openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('ca-key.pem'), '-out', file('ca.pem'), '-subj', '/C=SE/O=Other Maker/CN=Root', '-days', '400', '-addext', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature']);
  const made = opensslRequest({ subject: '/C=SE/CN=Zoë Ångström' });
  request = made.der;
  await issue('card', request, 'extensions');
  const other = opensslRequest({ subject: '/C=SE/CN=Somebody Else' });
  await issue('other', other.der, 'extensions');
  const station = opensslRequest({ subject: '/C=SE/O=Kortverk/CN=Station' });
  await writeFile(file('station-key.pem'), station.keyPem);
  await issue('station', station.der, 'ra-extensions');
  await writeFile(file('ca-extensions'), 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n');
  const sub = opensslRequest({ subject: '/C=SE/O=Other Maker/CN=Issuing' });
  await writeFile(file('sub-key.pem'), sub.keyPem);
  await issue('sub', sub.der, 'ca-extensions');
  await writeFile(file('told.pem'), `${await readFile(file('sub.pem'), 'utf8')}${await readFile(file('ca.pem'), 'utf8')}`);
  await issue('leaf', request, 'extensions', 'sub.pem', 'sub-key.pem');
});
afterAll(() => folder[Symbol.asyncDispose]());

async function issue(name: string, der: Buffer, extensions: string, issuer = 'ca.pem', issuerKey = 'ca-key.pem'): Promise<void> {
  await writeFile(file(`${name}.csr`), der);
  openssl(['x509', '-req', '-inform', 'DER', '-in', file(`${name}.csr`), '-CA', file(issuer), '-CAkey', file(issuerKey), '-CAcreateserial', '-days', '300', '-sha256', '-extfile', file(extensions), '-out', file(`${name}.pem`)]);
}

async function openMock(...given: readonly string[]): Promise<MockServer> {
  const port = await freePort();
  const child = spawn('openssl', ['cmp', '-port', String(port), '-verbosity', '7', ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ended = once(child, 'exit');
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 200) throw new Error(`the CMP server does not come up: ${said.join('')}`);
    await sleep(25);
  }
  return { url: `http://127.0.0.1:${port}/pkix/`, log: () => said.join(''), [Symbol.asyncDispose]: async () => { child.kill('SIGKILL'); await ended; } };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isUp = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return isUp;
}

async function client(url: string, changed: Partial<CmpOptions> = {}): Promise<ReturnType<typeof openCmpAuthority>> {
  const credential = { kind: 'secret', reference: 'station-1', secret: Secret.take(Buffer.from('a shared secret')) } as const;
  return openCmpAuthority({ url, trustedRootsPem: null, credential, chainPem: await readFile(file('ca.pem'), 'utf8'), responderPem: null, clock: systemClock, ...changed });
}

async function byCertificate(): Promise<CmpOptions['credential']> {
  return { kind: 'certificate', certificatePem: await readFile(file('station.pem'), 'utf8'), key: Secret.take(await readFile(file('station-key.pem'))) };
}

async function serialOf(name: string): Promise<string> {
  return new X509Certificate(await readFile(file(`${name}.pem`))).serialNumber;
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(() => 'no fault', (error: unknown) => error);
  if (outcome instanceof StationFault) return `${outcome.code} ${outcome.detail.note ?? ''}`;
  if (outcome instanceof Error) throw outcome;
  return 'no fault';
}

const secretServer = (): readonly string[] => ['-srv_ref', 'station-1', '-srv_secret', 'pass:a shared secret', '-rsp_cert', file('card.pem')];
const signingServer = (): readonly string[] => ['-srv_cert', file('ca.pem'), '-srv_key', file('ca-key.pem'), '-srv_trusted', file('ca.pem'), '-rsp_cert', file('card.pem')];

describe("OpenSSL's CMP server", () => {
  it('issues for p10cr and takes the confirmation, protected by a shared secret', async () => {
    await using server = await openMock(...secretServer());
    await using authority = await client(server.url);
    const { certificate } = await authority.enroll(request, patience());
    expect(new X509Certificate(certificate).serialNumber).toBe(await serialOf('card'));
    expect(server.log()).toMatch(/received P10CR/i);
    expect(server.log()).toMatch(/received CERTCONF/i);
    expect((await authority.chain(patience())).length).toBe(1);
  });

  it('issues for p10cr protected by signatures on both sides', async () => {
    await using server = await openMock(...signingServer());
    await using authority = await client(server.url, { credential: await byCertificate() });
    const { certificate } = await authority.enroll(request, patience());
    expect(new X509Certificate(certificate).serialNumber).toBe(await serialOf('card'));
    expect(server.log()).toMatch(/received CERTCONF/i);
  });

  it('has its chain told beside the first certificate, for it answers no question for it: under a root, and by the shared secret alone', async () => {
    await using server = await openMock(...secretServer(), '-rsp_cert', file('leaf.pem'), '-rsp_extracerts', file('told.pem'));
    await using authority = await client(server.url, { chainPem: null });
    expect(await faultOf(authority.chain(patience()))).toMatch(/^CA-PROTOCOL/);
    await authority.enroll(request, patience());
    const subjects = (await authority.chain(patience())).map((der) => new X509Certificate(der).subject.split('\n').at(-1));
    expect(subjects).toEqual(['CN=Issuing', 'CN=Root']);
    await using anchored = await client(server.url);
    expect(await anchored.chain(patience())).toHaveLength(1);
    await anchored.enroll(request, patience());
    expect(await anchored.chain(patience())).toHaveLength(2);
    await expect.poll(server.log).toMatch(/received GENM/i);
  });

  it('is asked again when it wants to be waited for', async () => {
    await using server = await openMock(...secretServer(), '-poll_count', '2', '-check_after', '1');
    await using authority = await client(server.url);
    const { certificate } = await authority.enroll(request, patience(20_000));
    expect(new X509Certificate(certificate).serialNumber).toBe(await serialOf('card'));
    expect(server.log().match(/received POLLREQ/gi)?.length).toBeGreaterThanOrEqual(2);
  });

  it('is refused a certificate that is for another key, and told so', async () => {
    await using server = await openMock('-srv_ref', 'station-1', '-srv_secret', 'pass:a shared secret', '-rsp_cert', file('other.pem'));
    await using authority = await client(server.url);
    expect(await faultOf(authority.enroll(request, patience()))).toMatch(/^(ENC-CERT-MISMATCH|CA-REFUSED)/);
  });

  it.each([['a shared secret', false], ['signatures', true]])('revokes a certificate, and refuses one that is not its own: %s', async (_name, isSigned) => {
    await using server = await openMock(...(isSigned ? signingServer() : secretServer()));
    await using authority = await client(server.url, isSigned ? { credential: await byCertificate() } : {});
    await authority.revoke({ serial: await serialOf('card'), subjectKeyId: '' }, patience());
    await expect.poll(server.log).toMatch(/received RR/i);
    expect(await faultOf(authority.revoke({ serial: '0A0B0C', subjectKeyId: '' }, patience()))).toMatch(/^CA-REFUSED/);
  });

  it('is not believed with another secret, and does not believe us', async () => {
    await using server = await openMock(...secretServer());
    await using authority = await client(server.url, { credential: { kind: 'secret', reference: 'station-1', secret: Secret.take(Buffer.from('another secret')) } });
    expect(await faultOf(authority.enroll(request, patience()))).toMatch(/^(CA-UNTRUSTED|CA-REFUSED|ENC-CA-UNAVAILABLE)/);
  });

  it('is not believed when a holder of one of its certificates answers in its place', async () => {
    await using server = await openMock('-srv_cert', file('station.pem'), '-srv_key', file('station-key.pem'), '-srv_trusted', file('ca.pem'), '-rsp_cert', file('card.pem'));
    await using authority = await client(server.url, { credential: await byCertificate() });
    expect(await faultOf(authority.enroll(request, patience()))).toMatch(/^CA-UNTRUSTED/);
    await using pinned = await client(server.url, { credential: await byCertificate(), responderPem: await readFile(file('station.pem'), 'utf8') });
    expect(new X509Certificate((await pinned.enroll(request, patience())).certificate).serialNumber).toBe(await serialOf('card'));
  });

  it('rejects with the reason in the note', async () => {
    await using server = await openMock(...secretServer(), '-pkistatus', '2', '-failure', '2', '-statusstring', 'not today');
    await using authority = await client(server.url);
    expect(await faultOf(authority.enroll(request, patience()))).toMatch(/^CA-REFUSED rejected.*not today/);
  });

  it('is unavailable when nobody listens: nothing was sent', async () => {
    await using authority = await client(`http://127.0.0.1:${await freePort()}/`);
    const fault = await authority.enroll(request, patience()).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'ENC-CA-UNAVAILABLE', detail: { data: { sent: false } } });
  });
});
