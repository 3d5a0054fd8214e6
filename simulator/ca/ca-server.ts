import 'reflect-metadata';
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { CaFaultSwitch, type CaFault } from './ca-faults.ts';
import { EstService, type EstAnswer, type EstCall } from './est-service.ts';
import { identityFiles, openIdentities, registrationAuthorityUsage } from './identities.ts';
import { openIssuedLog, type IssuedRecord } from './issued-log.ts';
import { IssuingAuthority } from './issuing-authority.ts';
import { serveOnLoopback } from '../loopback/serve-on-loopback.ts';

export interface CaServerOptions {
  /** Kept between runs: certificates, keys, and the account of what was issued. Made when it is not there. */
  readonly dir: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly clock: Clock;
  /** The longest validity of a card's certificate; five years when not given. */
  readonly validityDays?: number;
  /** Lets a client in by HTTP Basic as well (RFC 7030 section 3.2.3). */
  readonly basic?: { readonly user: string; readonly password: string };
}

/** The running authority: where it is, the files a client needs, its account, and its faults. */
export interface CaServer extends AsyncDisposable {
  /** With `/.well-known/est`. */
  readonly url: string;
  readonly rootPem: string;
  readonly rootPath: string;
  readonly clientCertificatePath: string;
  readonly clientKeyPath: string;
  /** Everything signed since the folder was made, in order. */
  issued(): readonly IssuedRecord[];
  setFault(fault: CaFault | undefined): void;
}

const maxBodyBytes = 64 * 1024;
const basePath = '/.well-known/est/';

/** Starts the simulated certificate authority: an EST server (RFC 7030) on loopback with a root of its own. */
export async function openCaServer(options: CaServerOptions): Promise<CaServer> {
  await mkdir(options.dir, { recursive: true });
  const identityDir = join(options.dir, 'identities');
  const identities = await openIdentities(identityDir);
  const log = await openIssuedLog(join(options.dir, 'issued.ndjson'));
  const authority = new IssuingAuthority(identities, log, options.clock, options.validityDays ?? 1826);
  const service = new EstService(identities, authority);
  const faults = new CaFaultSwitch();
  const ending = new AbortController();
  const server = createServer({
    cert: identities.serverPem, key: identities.serverKeyPem, ca: [identities.issuing.toString('pem'), identities.root.toString('pem')],
    requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', requestTimeout: 30_000, headersTimeout: 10_000,
  });
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(incoming, outgoing, { service, faults, options, signal: ending.signal }).catch(() => incoming.socket.destroy());
  });
  const loopback = await serveOnLoopback(server, options.port);
  return {
    url: `https://127.0.0.1:${loopback.port}${basePath.slice(0, -1)}`,
    rootPem: `${identities.root.toString('pem')}\n`,
    rootPath: join(identityDir, identityFiles.root),
    clientCertificatePath: join(identityDir, identityFiles.station),
    clientKeyPath: join(identityDir, identityFiles.stationKey),
    issued: () => log.all(),
    setFault: (fault) => { faults.set(fault); },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await loopback[Symbol.asyncDispose]();
    },
  };
}

interface Serving {
  readonly service: EstService;
  readonly faults: CaFaultSwitch;
  readonly options: CaServerOptions;
  readonly signal: AbortSignal;
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, serving: Serving): Promise<void> {
  const body = await readBody(incoming);
  if (body === undefined) return reply(outgoing, { kind: 'answer', status: 413, headers: { connection: 'close' }, body: '' });
  const fault = serving.faults.take();
  if (fault?.name === 'slow') await serving.options.clock.sleep(fault.delayMs, serving.signal);
  reply(outgoing, await serving.service.answer(callOf(incoming, body, serving.options), fault));
}

function reply(outgoing: ServerResponse, answer: EstAnswer): void {
  if (answer.kind === 'cut') {
    outgoing.destroy();
    return;
  }
  // Some clients refuse chunked answers, so the length is always said.
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  outgoing.end(answer.body);
}

function callOf(incoming: IncomingMessage, body: Buffer, options: CaServerOptions): EstCall {
  const path = (incoming.url ?? '').split('?')[0] ?? '';
  return {
    method: incoming.method ?? '',
    operation: path.startsWith(basePath) ? path.slice(basePath.length) : path,
    contentType: incoming.headers['content-type'] ?? '',
    authenticated: isRegistrationAuthority(incoming) || isBasicUser(incoming, options.basic),
    body,
  };
}

/** A card's own certificate has the same root, so the chain alone is not enough. */
function isRegistrationAuthority({ socket }: IncomingMessage): boolean {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return false;
  return socket.getPeerX509Certificate()?.keyUsage?.includes(registrationAuthorityUsage) === true;
}

function isBasicUser({ headers }: IncomingMessage, basic: CaServerOptions['basic']): boolean {
  if (basic === undefined) return false;
  const wanted = Buffer.from(`Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString('base64')}`);
  const given = Buffer.from(headers.authorization ?? '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
